"""Layer-wise tuning of a sparse network: what is left of each filter is fitted to what the filter gave.

Layer-wise reconstruction as in Dong et al., "Learning to prune deep neural networks via layer-wise optimal brain
surgeon", 2017, with the zeros that magnitude sparsity chose. Inputs are those of the float network, so that layers do
not depend on each other, and one pass over ``calibration_indices_pool`` samples is enough for all of them and for every
level of sparsity. Every fourth sample is a validation sample: a filter is fitted only if its error falls there too. The
fit is :mod:`openpot.numerics.sparse_fit`; the memory holds two covariances of the inputs of every layer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from openpot.data.validation_samples import is_validation_position
from openpot.graph.node_index import NodeIndex
from openpot.graph.weights import constant_value
from openpot.layers.layer_rows import RowSampling, number_layers, stream_tensors
from openpot.layers.linear_layer import LinearLayer
from openpot.layers.regression_layer import RegressionLayer, make_regression_layer
from openpot.numerics.layer_moments import LayerMoments
from openpot.numerics.sparse_fit import fit_survivors
from openpot.rewrites.replace_constant_inputs import replace_constant_inputs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openpot.engine.openvino_engine import IEEngine
    from openpot.graph.model import CompressedModel
    from openpot.graph.tensor_id import InputId
    from openpot.graph.types import Model
    from openpot.typing_aliases import Array, FloatArray

FIRST_STEP = 0.1
"""Weights are pruned to a level lower by this much first, fitted, and then pruned to the level that is wanted (POT)."""


def plan_sparsity_levels(level: float) -> tuple[float, ...]:
    """The levels of sparsity on the way to ``level``."""
    return (level - FIRST_STEP, level) if level > FIRST_STEP else (level,)


class SparseTuner:
    """The inputs of the layers of a float network, and fits of what pruning left.

    Args:
        engine: has the data.
        model: the float model, single, as it is now.
        layers: those that take part, with their weights.
        drawing: samples and positions.
    """

    def __init__(
        self,
        engine: IEEngine,
        model: CompressedModel,
        layers: Sequence[tuple[LinearLayer, FloatArray]],
        row_sampling: RowSampling,
    ) -> None:
        self.skipped: dict[str, str] = {}
        self._layers: dict[str, RegressionLayer] = {}
        self._original: dict[str, FloatArray] = {}
        for layer, weights in layers:
            regression = make_regression_layer(layer, weights.shape)
            if isinstance(regression, str):
                self.skipped[layer.name] = regression
            else:
                self._layers[layer.name], self._original[layer.name] = regression, weights
        self._moments = {name: LayerMoments(*regression.sizes[:2]) for name, regression in self._layers.items()}
        self._validation_moments = {
            name: LayerMoments(*regression.sizes[:2]) for name, regression in self._layers.items()
        }
        self._places, self._row_sampling = number_layers(self._layers), row_sampling
        tensors = {name: regression.layer.data for name, regression in self._layers.items()}
        stream_tensors(engine, model, tensors, row_sampling.samples, self._take)

    def fit(self, graph: Model, iterations: int, regularization: float) -> None:
        """Fit what is left of the weights in ``graph``, in place; zeros stay zeros."""
        nodes = NodeIndex(graph)
        values: dict[InputId, Array] = {}
        for name, regression in self._layers.items():
            left = constant_value(nodes, nodes.input(regression.layer.weights).get_source_output())
            original, pruned = (
                regression.to_matrices(weights).astype(np.float64) for weights in (self._original[name], left)
            )
            moments = self._moments[name]
            if moments.count and (pruned != 0).any():
                fitted = fit_survivors(moments.covariance, original, pruned, iterations, regularization)
                validation = self._validation_moments[name].covariance
                better = _compute_errors(validation, fitted - original) < _compute_errors(validation, pruned - original)
                values[regression.layer.weights] = regression.to_constant(np.where(better[:, None], fitted, pruned))
        if values:
            replace_constant_inputs(graph, values, "sparse")

    def compute_shifts(self, graph: Model) -> dict[str, Array]:
        """By how much the mean output of every fitted layer is too low in ``graph``, for each channel."""
        nodes = NodeIndex(graph)
        shifts: dict[str, Array] = {}
        for name, layer in self._layers.items():
            left = constant_value(nodes, nodes.input(layer.layer.weights).get_source_output())
            lost = layer.to_matrices(self._original[name]).astype(np.float64) - layer.to_matrices(left)
            parts = (self._moments[name], self._validation_moments[name])
            mean = sum(part.count * part.mean_input for part in parts) / max(1, sum(part.count for part in parts))
            shifts[name] = np.einsum("gk,gkn->gn", mean, lost).reshape(-1)
        return shifts

    def _take(self, name: str, inference: int, tensor: Array) -> None:
        layer = self._layers[name]
        positions = self._row_sampling.choose_positions(
            self._places[name], inference, layer.count_positions(tensor), layer.sizes[1]
        )
        validates = is_validation_position(inference)
        (self._validation_moments if validates else self._moments)[name].add(layer.read_input_rows(tensor, positions))


def _compute_errors(covariance: Array, lost: Array) -> Array:
    """Variance of the error of each filter that lost these weights, shape ``(groups, outputs)``."""
    return np.asarray(np.einsum("gkn,gkn->gn", lost, covariance @ lost))
