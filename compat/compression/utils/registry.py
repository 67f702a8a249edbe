"""``compression.utils.registry``: historic names of openpot."""

from openpot.legacy.registry_storage import RegistryStorage as RegistryStorage
from openpot.registry import Registry as Registry

__all__ = [
    "Registry",
    "RegistryStorage",
]
