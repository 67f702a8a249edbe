"""The names of the algorithms, as POT's top package listed them."""

from __future__ import annotations

QUANTIZATION_ALGORITHMS = [
    "MinMaxQuantization",
    "FastBiasCorrection",
    "BiasCorrection",
    "ActivationChannelAlignment",
    "DefaultQuantization",
    "AccuracyAwareQuantization",
    "AccuracyAwareCommon",
    "AccuracyAwareGNA",
    "WeightBiasCorrection",
    "INT4MixedQuantization",
    "QuantNoiseEstimator",
    "DataFreeQuantization",
    "RangeSupervision",
    "OutlierChannelSplitting",
    "OverflowCorrection",
    "TunableQuantization",
    "ParamsGridSearchAlgorithm",
    "RangeOptimization",
]
"""Quantization algorithms that can be imported and named in a pipeline."""

SPARSITY_ALGORITHMS: list[str] = [
    "WeightSparsity",
    "BaseWeightSparsity",
    "MagnitudeSparsity",
]
"""Sparsity algorithms that can be imported and named in a pipeline."""
