"""``openvino.tools.pot.utils.registry``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.registry_storage import RegistryStorage as RegistryStorage
from openpot.registry import Registry as Registry

__all__ = [
    "Registry",
    "RegistryStorage",
]

__getattr__ = refuse_absent_names(__name__)
