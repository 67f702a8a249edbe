"""``openvino.tools.pot.utils.config_reader``: historic names of openpot."""

from openpot.config.config_file import read_config_file as read_config_from_file

__all__ = [
    "read_config_from_file",
]
