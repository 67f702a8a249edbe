"""``openvino.tools.pot.algorithms.algorithm_selector``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.algorithm_registry import COMPRESSION_ALGORITHMS as COMPRESSION_ALGORITHMS
from openpot.legacy.algorithm_registry import get_algorithm as get_algorithm
from openpot.legacy.registry_storage import REGISTRY_STORAGE as REGISTRY_STORAGE
from openpot.legacy.registry_storage import get_registry as get_registry

__all__ = [
    "COMPRESSION_ALGORITHMS",
    "REGISTRY_STORAGE",
    "get_algorithm",
    "get_registry",
]

__getattr__ = refuse_absent_names(__name__)
