"""``openvino.tools.pot.graph.nx_model``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.compressed_model import CompressedModel as CompressedModel

__all__ = [
    "CompressedModel",
]

__getattr__ = refuse_absent_names(__name__)
