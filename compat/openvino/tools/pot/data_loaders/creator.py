"""``openvino.tools.pot.data_loaders.creator``: historic names of openpot."""

from openpot.legacy.creators import create_data_loader as create_data_loader

__all__ = [
    "create_data_loader",
]
