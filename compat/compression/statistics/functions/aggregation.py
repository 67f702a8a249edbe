"""``compression.statistics.functions.aggregation``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.function_selector import AGGREGATION_FN as aggregator
from openpot.legacy.statistic_functions import no_outliers_estimator as no_outliers_estimator
from openpot.numerics.batch_functions import amax as amax
from openpot.numerics.batch_functions import amin as amin
from openpot.numerics.batch_functions import batch_mean as batch_mean
from openpot.numerics.batch_functions import hodges_lehmann_mean as hodges_lehmann_mean
from openpot.numerics.batch_functions import mean as mean
from openpot.numerics.batch_functions import mean_no_outliers as mean_no_outliers
from openpot.numerics.batch_functions import median as median
from openpot.numerics.batch_functions import median_no_outliers as median_no_outliers

__all__ = [
    "aggregator",
    "amax",
    "amin",
    "batch_mean",
    "hodges_lehmann_mean",
    "mean",
    "mean_no_outliers",
    "median",
    "median_no_outliers",
    "no_outliers_estimator",
]

__getattr__ = refuse_absent_names(__name__)
