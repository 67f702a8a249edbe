"""``openvino.tools.pot.pipeline``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openvino.tools.pot.pipeline import initializer as initializer
from openvino.tools.pot.pipeline import pipeline as pipeline

__all__: list[str] = []

__getattr__ = refuse_absent_names(__name__)
