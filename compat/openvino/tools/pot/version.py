"""``openvino.tools.pot.version``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.versions import INVALID_VERSION as INVALID_VERSION
from openpot.legacy.versions import get_version as get_version

__all__ = [
    "INVALID_VERSION",
    "get_version",
]

__getattr__ = refuse_absent_names(__name__)
