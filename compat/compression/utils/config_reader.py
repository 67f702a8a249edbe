"""``compression.utils.config_reader``: historic names of openpot."""

from openpot.config.config_file import read_config_file as read_config_from_file
from openpot.legacy.absent import refuse_absent_names as refuse_absent_names

__all__ = [
    "read_config_from_file",
]

__getattr__ = refuse_absent_names(__name__)
