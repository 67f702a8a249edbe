"""openpot's algorithms, entered into the table of algorithms under their names."""

from __future__ import annotations

from openpot.algorithms.algorithm_registry import COMPRESSION_ALGORITHMS, Registry
from openpot.algorithms.base import Algorithm
from openpot.algorithms.bias_correction import BiasCorrection
from openpot.algorithms.channel_alignment import ActivationChannelAlignment
from openpot.algorithms.fast_bias_correction import FastBiasCorrection
from openpot.algorithms.magnitude_sparsity import MagnitudeSparsity
from openpot.algorithms.min_max import MinMaxQuantization
from openpot.algorithms.outlier_channel_splitting import OutlierChannelSplitting
from openpot.algorithms.overflow_correction import OverflowCorrection
from openpot.algorithms.quant_noise_estimator import QuantNoiseEstimator
from openpot.algorithms.range_supervision import RangeSupervision
from openpot.algorithms.tunable_quantization import TunableQuantization
from openpot.algorithms.weight_bias_correction import WeightBiasCorrection
from openpot.algorithms.weight_sparsity import BaseWeightSparsity, WeightSparsity
from openpot.config.legacy import REMOVED_ALGORITHMS
from openpot.errors import ConfigError, UnknownNameError
from openpot.recipes.accuracy_aware import AccuracyAwareCommon
from openpot.recipes.accuracy_aware_gna import AccuracyAwareGNA
from openpot.recipes.accuracy_aware_quantization import AccuracyAwareQuantization
from openpot.recipes.data_free_quantization import DataFreeQuantization
from openpot.recipes.default_quantization import DefaultQuantization
from openpot.recipes.int4_mixed_quantization import INT4MixedQuantization
from openpot.recipes.params_grid_search import ParamsGridSearchAlgorithm
from openpot.recipes.range_optimization import RangeOptimization
from openpot.recipes.weight_compression import WeightCompression

__all__ = ["COMPRESSION_ALGORITHMS", "Registry", "get_algorithm_class"]

for _algorithm in (
    ActivationChannelAlignment, MinMaxQuantization, FastBiasCorrection, BiasCorrection, DefaultQuantization,
    AccuracyAwareQuantization, AccuracyAwareCommon, AccuracyAwareGNA, INT4MixedQuantization, QuantNoiseEstimator,
    DataFreeQuantization, RangeSupervision, OutlierChannelSplitting, OverflowCorrection, WeightSparsity,
    BaseWeightSparsity, MagnitudeSparsity, WeightBiasCorrection, TunableQuantization, ParamsGridSearchAlgorithm,
    RangeOptimization, WeightCompression,
):  # fmt: skip
    COMPRESSION_ALGORITHMS.register(_algorithm.name)(_algorithm)


def get_algorithm_class(name: str) -> type[Algorithm]:
    """The class for ``Algo`` or ``Registry.Algo``.

    Raises:
        ConfigError: the name begins or ends with a dot.
        UnknownNameError: there is no such registry or algorithm.
    """
    if not isinstance(name, str) or not name.strip("."):
        raise ConfigError(f"an algorithm's name must be a text such as 'DefaultQuantization', not {name!r}")
    if name.startswith(".") or name.endswith("."):
        raise ConfigError(f"an algorithm's name can neither begin nor end with a dot: {name!r}")
    registry, _, short = name.rpartition(".")
    if registry not in ("", COMPRESSION_ALGORITHMS.name):
        raise UnknownNameError(
            f"there is no algorithm registry {registry!r}: write {COMPRESSION_ALGORITHMS.name}.{short}"
        )
    if short in REMOVED_ALGORITHMS and short not in COMPRESSION_ALGORITHMS:
        raise UnknownNameError(f"POT gave up the algorithm {short!r}; use {REMOVED_ALGORITHMS[short]}")
    return COMPRESSION_ALGORITHMS.get(short)
