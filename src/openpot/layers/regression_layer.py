"""A layer as a linear regression: its inputs and outputs as rows, its weights as matrices, one for each group."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from openpot.graph.operation_kinds import CONVOLUTIONS
from openpot.layers.linear_layer import LinearLayer, make_convolution_window
from openpot.numerics.patches import extract_patches
from openpot.numerics.window import Window

if TYPE_CHECKING:
    from openpot.typing_aliases import Array

FITTED_TYPES = CONVOLUTIONS | {"MatMul"}


@dataclass(frozen=True)
class RegressionLayer:
    """A layer and the shape of its weights.

    Attributes:
        layer: the layer.
        shape: of the constant.
    """

    layer: LinearLayer
    shape: tuple[int, ...]

    @property
    def is_grouped(self) -> bool:
        """Whether the weights have an axis for groups."""
        return self.layer.record.type == "GroupConvolution"

    @property
    def sizes(self) -> tuple[int, int, int]:
        """Groups, inputs of a filter, filters of a group."""
        groups, inputs, outputs = self.to_matrices(np.empty(self.shape, np.bool_)).shape
        return groups, inputs, outputs

    def to_matrices(self, weights: Array) -> Array:
        """The constant as ``(groups, inputs, outputs)``."""
        if self.layer.is_matmul:
            return (weights.T if self._is_transposed else weights)[None]
        grouped = weights if self.is_grouped else weights[None]
        return np.swapaxes(grouped.reshape(*grouped.shape[:2], -1), 1, 2)

    def to_constant(self, matrices: Array) -> Array:
        """The inverse of :meth:`to_matrices`, float32."""
        if self.layer.is_matmul:
            values = matrices[0].T if self._is_transposed else matrices[0]
        else:
            values = np.swapaxes(matrices, 1, 2).reshape(self.shape)
        return np.ascontiguousarray(values, np.float32)

    def spread_over_filters(self, values: Array) -> Array:
        """Values that broadcast over the constant, one for each filter or one for all, as ``(groups, 1, outputs)``."""
        spread = np.broadcast_to(values, self.shape)
        return self.to_matrices(spread)[:, :1].astype(np.float64)

    def count_positions(self, data: Array) -> int:
        """Output positions for an input, over the batch."""
        if self.layer.is_matmul:
            return int(np.prod(data.shape[:-1]))
        return int(data.shape[0] * np.prod(self._make_window(data).compute_output_size(self._kernel, data.shape[2:])))

    def read_input_rows(self, data: Array, positions: Array) -> Array:
        """What the filters read at some positions, ``(groups, positions, inputs)``."""
        if self.layer.is_matmul:
            return data.reshape(-1, data.shape[-1])[positions][None]
        groups = self.shape[0] if self.is_grouped else 1
        return extract_patches(data, self._kernel, self._make_window(data), groups, positions)

    def read_output_rows(self, output: Array, positions: Array) -> Array:
        """What the layer gave there, ``(groups, positions, outputs)``."""
        last = output if self.layer.is_matmul else np.moveaxis(output, 1, -1)
        rows = last.reshape(-1, last.shape[-1])[positions]
        return np.moveaxis(rows.reshape(len(rows), self.sizes[0], -1), 1, 0)

    @property
    def _is_transposed(self) -> bool:
        return bool(self.layer.record.attributes.get("transpose_b"))

    @property
    def _kernel(self) -> tuple[int, ...]:
        return self.shape[3:] if self.is_grouped else self.shape[2:]

    def _make_window(self, data: Array) -> Window:
        return make_convolution_window(self.layer.record, self._kernel, data.shape[2:])


def make_regression_layer(layer: LinearLayer, shape: tuple[int, ...]) -> RegressionLayer | str:
    """The layer as a regression, or why it is none."""
    kind = layer.record.type
    if kind not in FITTED_TYPES:
        return f"{kind} is not fitted"
    if layer.is_matmul and (layer.weights.port != 1 or len(shape) != 2 or layer.data_axis != -1):
        return "only products of data and a matrix are fitted"
    return RegressionLayer(layer, shape)


def rename(regression: RegressionLayer, layer: LinearLayer) -> RegressionLayer:
    """The same regression for the layer as it is called in another graph."""
    return replace(regression, layer=layer)
