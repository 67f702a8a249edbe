"""``openvino.tools.pot.statistics.statistics``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.statistics.statistic import SQNRStatistic as SQNRStatistic
from openpot.statistics.statistic import Statistic as Statistic
from openpot.statistics.statistic import TensorStatistic as TensorStatistic
from openpot.statistics.statistic import TensorStatisticAxis as TensorStatisticAxis
from openpot.statistics.statistic import compute_statistic as compute_statistic

__all__ = [
    "SQNRStatistic",
    "Statistic",
    "TensorStatistic",
    "TensorStatisticAxis",
    "compute_statistic",
]

__getattr__ = refuse_absent_names(__name__)
