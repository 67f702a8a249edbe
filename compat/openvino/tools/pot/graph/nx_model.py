"""``openvino.tools.pot.graph.nx_model``: historic names of openpot."""

from openpot.legacy.compressed_model import CompressedModel as CompressedModel

__all__ = [
    "CompressedModel",
]
