"""``compression.utils.utils``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.output_keys import convert_output_key as convert_output_key
from openpot.legacy.temporary_folder import create_tmp_dir as create_tmp_dir
from openpot.legacy.versions import get_ie_version as get_ie_version

__all__ = [
    "convert_output_key",
    "create_tmp_dir",
    "get_ie_version",
]

__getattr__ = refuse_absent_names(__name__)
