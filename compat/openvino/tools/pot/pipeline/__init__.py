"""``openvino.tools.pot.pipeline``: historic names of openpot."""

from openvino.tools.pot.pipeline import initializer as initializer
from openvino.tools.pot.pipeline import pipeline as pipeline

__all__: list[str] = []
