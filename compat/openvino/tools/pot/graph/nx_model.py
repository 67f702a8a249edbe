"""``openvino.tools.pot.graph.nx_model``: historic names of openpot."""

from openpot.graph.model import CompressedModel as CompressedModel

__all__ = [
    "CompressedModel",
]
