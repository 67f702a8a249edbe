"""``openvino.tools.pot.statistics.functions``: historic names of openpot."""

from openvino.tools.pot.statistics.functions import activations as activations
from openvino.tools.pot.statistics.functions import aggregation as aggregation
from openvino.tools.pot.statistics.functions import weights as weights

__all__: list[str] = []
