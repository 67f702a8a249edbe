"""``openvino.tools.pot.data_loaders.creator``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.creators import create_data_loader as create_data_loader

__all__ = [
    "create_data_loader",
]

__getattr__ = refuse_absent_names(__name__)
