"""``openvino.tools.pot.pipeline.pipeline``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.pot_pipeline import Pipeline as Pipeline

__all__ = [
    "Pipeline",
]

__getattr__ = refuse_absent_names(__name__)
