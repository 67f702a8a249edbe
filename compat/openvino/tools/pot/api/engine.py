"""``openvino.tools.pot.api.engine``: historic names of openpot."""

from openpot.engine.base import Engine as Engine
from openpot.legacy.absent import refuse_absent_names as refuse_absent_names

__all__ = [
    "Engine",
]

__getattr__ = refuse_absent_names(__name__)
