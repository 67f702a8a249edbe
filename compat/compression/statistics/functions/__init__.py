"""``compression.statistics.functions``: historic names of openpot."""

from compression.statistics.functions import activations as activations
from compression.statistics.functions import aggregation as aggregation
from compression.statistics.functions import weights as weights

__all__: list[str] = []
