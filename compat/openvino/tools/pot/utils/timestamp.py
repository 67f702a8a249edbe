"""``openvino.tools.pot.utils.timestamp``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.timestamps import get_timestamp as get_timestamp
from openpot.legacy.timestamps import get_timestamp_precise as get_timestamp_precise
from openpot.legacy.timestamps import get_timestamp_short as get_timestamp_short

__all__ = [
    "get_timestamp",
    "get_timestamp_precise",
    "get_timestamp_short",
]

__getattr__ = refuse_absent_names(__name__)
