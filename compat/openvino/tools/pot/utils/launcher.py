"""``openvino.tools.pot.utils.launcher``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.launcher import IELauncher as IELauncher

__all__ = [
    "IELauncher",
]

__getattr__ = refuse_absent_names(__name__)
