"""``openvino.tools.pot.app``: historic names of openpot."""

from openvino.tools.pot.app import run as run

__all__: list[str] = []
