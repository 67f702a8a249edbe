"""``openvino.tools.pot.utils.launcher``: historic names of openpot."""

from openpot.legacy.launcher import IELauncher as IELauncher

__all__ = [
    "IELauncher",
]
