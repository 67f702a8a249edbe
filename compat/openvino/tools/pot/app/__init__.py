"""``openvino.tools.pot.app``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openvino.tools.pot.app import argparser as argparser
from openvino.tools.pot.app import run as run

__all__: list[str] = []

__getattr__ = refuse_absent_names(__name__)
