"""The algorithms under POT's names: openpot's own, which pass over what POT passed over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openpot.algorithms import (
    bias_correction,
    channel_alignment,
    fast_bias_correction,
    magnitude_sparsity,
    min_max,
    outlier_channel_splitting,
    overflow_correction,
    quant_noise_estimator,
    range_supervision,
    tunable_quantization,
    weight_bias_correction,
    weight_sparsity,
)
from openpot.legacy.accuracy_aware_methods import AccuracyAwareMethods
from openpot.legacy.model_nodes import get_nodes_by_type
from openpot.legacy.node_access import get_node_input
from openpot.legacy.operation_lists import OPERATIONS_WITH_WEIGHTS
from openpot.legacy.pot_parameters import PotParameters
from openpot.recipes import (
    accuracy_aware,
    accuracy_aware_gna,
    accuracy_aware_quantization,
    data_free_quantization,
    default_quantization,
    int4_mixed_quantization,
    params_grid_search,
    range_optimization,
)

if TYPE_CHECKING:
    from openpot.graph.model import CompressedModel
    from openpot.legacy.graph_node import GraphNode


class MinMaxQuantization(PotParameters, min_max.MinMaxQuantization):
    """:class:`openpot.algorithms.min_max.MinMaxQuantization`."""


class ActivationChannelAlignment(PotParameters, channel_alignment.ActivationChannelAlignment):
    """:class:`openpot.algorithms.channel_alignment.ActivationChannelAlignment`."""


class FastBiasCorrection(PotParameters, fast_bias_correction.FastBiasCorrection):
    """:class:`openpot.algorithms.fast_bias_correction.FastBiasCorrection`."""


class BiasCorrection(PotParameters, bias_correction.BiasCorrection):
    """:class:`openpot.algorithms.bias_correction.BiasCorrection`."""


class DefaultQuantization(PotParameters, default_quantization.DefaultQuantization):
    """:class:`openpot.recipes.default_quantization.DefaultQuantization`."""


class MagnitudeSparsity(PotParameters, magnitude_sparsity.MagnitudeSparsity):
    """:class:`openpot.algorithms.magnitude_sparsity.MagnitudeSparsity`."""

    def _get_all_weights_nodes(self, model: CompressedModel) -> list[GraphNode]:
        """The constants of the weights of all layers that are not ignored."""
        layers = get_nodes_by_type(model, [entry["type"] for entry in OPERATIONS_WITH_WEIGHTS])
        ignored = self._config.get("ignored") or {}
        kept = [layer for layer in dict.fromkeys(layers) if not model.is_node_ignored(ignored, layer, skipped=False)]
        return [weights for layer in kept if (weights := get_node_input(layer, 1)).type == "Const"]


class BaseWeightSparsity(PotParameters, weight_sparsity.BaseWeightSparsity):
    """:class:`openpot.algorithms.weight_sparsity.BaseWeightSparsity`."""


class WeightSparsity(PotParameters, weight_sparsity.WeightSparsity):
    """:class:`openpot.algorithms.weight_sparsity.WeightSparsity`."""


class OverflowCorrection(PotParameters, overflow_correction.OverflowCorrection):
    """:class:`openpot.algorithms.overflow_correction.OverflowCorrection`."""


class OutlierChannelSplitting(PotParameters, outlier_channel_splitting.OutlierChannelSplitting):
    """:class:`openpot.algorithms.outlier_channel_splitting.OutlierChannelSplitting`."""


class RangeSupervision(PotParameters, range_supervision.RangeSupervision):
    """:class:`openpot.algorithms.range_supervision.RangeSupervision`."""


class DataFreeQuantization(PotParameters, data_free_quantization.DataFreeQuantization):
    """:class:`openpot.recipes.data_free_quantization.DataFreeQuantization`."""


class QuantNoiseEstimator(PotParameters, quant_noise_estimator.QuantNoiseEstimator):
    """:class:`openpot.algorithms.quant_noise_estimator.QuantNoiseEstimator`."""


class INT4MixedQuantization(PotParameters, int4_mixed_quantization.INT4MixedQuantization):
    """:class:`openpot.recipes.int4_mixed_quantization.INT4MixedQuantization`."""


class AccuracyAwareCommon(PotParameters, AccuracyAwareMethods, accuracy_aware.AccuracyAwareCommon):
    """:class:`openpot.recipes.accuracy_aware.AccuracyAwareCommon`."""


class AccuracyAwareGNA(accuracy_aware_gna.AccuracyAwareGNA, AccuracyAwareCommon):
    """:class:`openpot.recipes.accuracy_aware_gna.AccuracyAwareGNA`."""


class AccuracyAwareQuantization(accuracy_aware_quantization.AccuracyAwareQuantization, AccuracyAwareCommon):
    """:class:`openpot.recipes.accuracy_aware_quantization.AccuracyAwareQuantization`."""


class WeightBiasCorrection(PotParameters, weight_bias_correction.WeightBiasCorrection):
    """:class:`openpot.algorithms.weight_bias_correction.WeightBiasCorrection`."""


class TunableQuantization(tunable_quantization.TunableQuantization, MinMaxQuantization):
    """:class:`openpot.algorithms.tunable_quantization.TunableQuantization`."""


class ParamsGridSearchAlgorithm(PotParameters, params_grid_search.ParamsGridSearchAlgorithm):
    """:class:`openpot.recipes.params_grid_search.ParamsGridSearchAlgorithm`."""


class RangeOptimization(PotParameters, range_optimization.RangeOptimization):
    """:class:`openpot.recipes.range_optimization.RangeOptimization`."""


ALGORITHM_CLASSES: tuple[type[PotParameters], ...] = (
    MinMaxQuantization,
    ActivationChannelAlignment,
    FastBiasCorrection,
    BiasCorrection,
    DefaultQuantization,
    MagnitudeSparsity,
    BaseWeightSparsity,
    WeightSparsity,
    OverflowCorrection,
    OutlierChannelSplitting,
    RangeSupervision,
    DataFreeQuantization,
    QuantNoiseEstimator,
    INT4MixedQuantization,
    AccuracyAwareCommon,
    AccuracyAwareGNA,
    AccuracyAwareQuantization,
    WeightBiasCorrection,
    TunableQuantization,
    ParamsGridSearchAlgorithm,
    RangeOptimization,
)
"""Every algorithm, under the name that POT gave it."""
