"""Layer-wise tuning of a sparse network: what is left of each filter is fitted to what the filter gave.

Layer-wise reconstruction as in Dong et al., "Learning to prune deep neural networks via layer-wise optimal brain
surgeon", 2017, with the zeros that magnitude sparsity chose. Inputs are those of the float network, so that layers do
not depend on each other, and one pass over ``calibration_indices_pool`` samples is enough for all of them and for every
level of sparsity. Every fourth sample judges: a filter is fitted only if its error falls there. The fit is
:mod:`openpot.numerics.sparse_fit`; the memory holds two covariances of the inputs of every
layer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from openpot.graph.node_index import NodeIndex
from openpot.graph.weights import constant_value
from openpot.layers.layer_rows import RowSampling, numbered, stream_tensors
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

JUDGES_EVERY = 4
"""Every so-manieth sample judges: a filter is fitted only if its error falls there too."""

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
        drawing: RowSampling,
    ) -> None:
        self.skipped: dict[str, str] = {}
        self._layers: dict[str, RegressionLayer] = {}
        self._original: dict[str, FloatArray] = {}
        for layer, weights in layers:
            found = make_regression_layer(layer, weights.shape)
            if isinstance(found, str):
                self.skipped[layer.name] = found
            else:
                self._layers[layer.name], self._original[layer.name] = found, weights
        self._moments = {name: LayerMoments(*one.sizes[:2]) for name, one in self._layers.items()}
        self._judges = {name: LayerMoments(*one.sizes[:2]) for name, one in self._layers.items()}
        self._places, self._drawing = numbered(self._layers), drawing
        tensors = {name: one.layer.data for name, one in self._layers.items()}
        stream_tensors(engine, model, tensors, drawing.samples, self._take)

    def fit(self, graph: Model, iterations: int, regularization: float) -> None:
        """Fit what is left of the weights in ``graph``, in place; zeros stay zeros."""
        nodes = NodeIndex(graph)
        values: dict[InputId, Array] = {}
        for name, found in self._layers.items():
            left = constant_value(nodes, nodes.input(found.layer.weights).get_source_output())
            original, pruned = (found.matrices(one).astype(np.float64) for one in (self._original[name], left))
            moments = self._moments[name]
            if moments.count and (pruned != 0).any():
                fitted = fit_survivors(moments.covariance, original, pruned, iterations, regularization)
                judge = self._judges[name].covariance
                better = _errors(judge, fitted - original) < _errors(judge, pruned - original)
                values[found.layer.weights] = found.constant(np.where(better[:, None], fitted, pruned))
        if values:
            replace_constant_inputs(graph, values, "sparse")

    def shifts(self, graph: Model) -> dict[str, Array]:
        """By how much the mean output of every fitted layer is too low in ``graph``, for each channel."""
        nodes = NodeIndex(graph)
        found: dict[str, Array] = {}
        for name, layer in self._layers.items():
            left = constant_value(nodes, nodes.input(layer.layer.weights).get_source_output())
            lost = layer.matrices(self._original[name]).astype(np.float64) - layer.matrices(left)
            parts = (self._moments[name], self._judges[name])
            mean = sum(part.count * part.mean_input for part in parts) / max(1, sum(part.count for part in parts))
            found[name] = np.einsum("gk,gkn->gn", mean, lost).reshape(-1)
        return found

    def _take(self, name: str, inference: int, tensor: Array) -> None:
        layer = self._layers[name]
        positions = self._drawing.positions(self._places[name], inference, layer.num_positions(tensor), layer.sizes[1])
        judges = inference % JUDGES_EVERY == JUDGES_EVERY - 1
        (self._judges if judges else self._moments)[name].add(layer.input_rows(tensor, positions))


def _errors(covariance: Array, lost: Array) -> Array:
    """Variance of the error of each filter that lost these weights, shape ``(groups, outputs)``."""
    return np.asarray(np.einsum("gkn,gkn->gn", lost, covariance @ lost))
