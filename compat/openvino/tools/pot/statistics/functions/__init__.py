"""``openvino.tools.pot.statistics.functions``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openvino.tools.pot.statistics.functions import activations as activations
from openvino.tools.pot.statistics.functions import aggregation as aggregation
from openvino.tools.pot.statistics.functions import weights as weights

__all__: list[str] = []

__getattr__ = refuse_absent_names(__name__)
