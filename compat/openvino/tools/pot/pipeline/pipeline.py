"""``openvino.tools.pot.pipeline.pipeline``: historic names of openpot."""

from openpot.legacy.pot_pipeline import Pipeline as Pipeline

__all__ = [
    "Pipeline",
]
