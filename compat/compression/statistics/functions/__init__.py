"""``compression.statistics.functions``: historic names of openpot."""

from compression.statistics.functions import activations as activations
from compression.statistics.functions import aggregation as aggregation
from compression.statistics.functions import weights as weights
from openpot.legacy.absent import refuse_absent_names as refuse_absent_names

__all__: list[str] = []

__getattr__ = refuse_absent_names(__name__)
