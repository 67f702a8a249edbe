"""The parameters of the sparsity algorithms."""

from __future__ import annotations

import math

from pydantic import Field

from openpot.config.algorithms import AlgorithmConfig
from openpot.config.layerwise_tuning import SparseTuningKeys


class MagnitudeSparsityConfig(AlgorithmConfig):
    """Parameters of ``MagnitudeSparsity``.

    Attributes:
        sparsity_level: share of the weights that become zero, over all layers that take part.
        normed_threshold: compare weights relative to the norm of their layer; otherwise by size alone, and the first
            convolutions are left whole.
        correct_weight_bias: scale and shift what is left of a filter such that its mean and spread stay.
        eps_factor: what is left of a filter with less variance than this, relative to its mean square, is not scaled.
    """

    sparsity_level: float = Field(ge=0, le=1)
    normed_threshold: bool = True
    correct_weight_bias: bool = True
    eps_factor: float = Field(default=1e-9, ge=0)


class BaseWeightSparsityConfig(MagnitudeSparsityConfig):
    """Parameters of ``BaseWeightSparsity``: those of ``MagnitudeSparsity``, and of the bias correction after it.

    Attributes:
        use_fast_bias: fast bias correction; false for the accurate, slower one.
        threshold: of the bias correction; none is refused for its size unless this is stated.
        apply_for_all_nodes: accepted for POT's sake; every layer that lost weights is corrected.
    """

    use_fast_bias: bool = True
    threshold: float = Field(default=math.inf, gt=0)
    apply_for_all_nodes: bool = True


class WeightSparsityConfig(BaseWeightSparsityConfig, SparseTuningKeys):
    """Parameters of ``WeightSparsity``: those of ``BaseWeightSparsity``.

    Attributes:
        use_layerwise_tuning: fit what is left of every filter to what it gave, in two steps of sparsity; the keys of
            that are in :class:`openpot.config.layerwise_tuning.SparseTuningKeys`.
    """
