"""Magnitude sparsity: the smallest weights of a network become zero (Han et al., 2015).

One threshold over all layers decides (:mod:`openpot.numerics.pruning`). What is left of each filter is scaled and
shifted such that the filter keeps its mean and its spread (:mod:`openpot.numerics.moment_matching`). No data are
needed: it costs no pass over them.

The zeros lie in dense constants: files become smaller when they are packed, and symmetric quantization keeps every
zero. Layers in the ignored scope count neither as weights to prune nor towards the level.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, TypeVar

import numpy as np

from openpot.algorithms.bias_records import BiasCorrectionResult
from openpot.algorithms.calibrated import CalibratedAlgorithm
from openpot.algorithms.context import Calibration
from openpot.algorithms.placement import find_ignored_scope
from openpot.algorithms.prepared_model import prepare_model
from openpot.config.sparsity import MagnitudeSparsityConfig
from openpot.graph.node_index import NodeIndex
from openpot.graph.weights import constant_value, weight_channel_axes
from openpot.layers.linear_layer import LinearLayer, find_linear_layers
from openpot.numerics.granularity import to_channel_rows
from openpot.numerics.moment_matching import match_survivors
from openpot.numerics.pruning import make_pruning_masks
from openpot.placement.ignored_operations import find_ignored_by_user
from openpot.placement.saturation_fix import find_first_convolutions
from openpot.rewrites.replace_constant_inputs import replace_constant_inputs

if TYPE_CHECKING:
    from openpot.graph.model import CompressedModel
    from openpot.graph.snapshot import GraphSnapshot
    from openpot.graph.tensor_id import InputId
    from openpot.graph.types import Model
    from openpot.typing_aliases import Array, FloatArray

Settings = TypeVar("Settings", bound=MagnitudeSparsityConfig)


@dataclass(frozen=True)
class SparseLayerRecord:
    """One layer whose small weights became zero: ``rate`` is the share of zeros in it, of ``shape`` weights."""

    layer: str
    shape: tuple[int, ...]
    rate: float


@dataclass(frozen=True)
class SparsityResult:
    """What a sparsity algorithm did.

    Attributes:
        layers: every layer that took part, in topological order.
        rate: share of zeros over all of these layers.
        skipped: layers that were left whole, with the reason.
        bias: what the bias correction after it did, if there was one.
        warnings: what the user should know.
        tuned: layers of which what is left was fitted.
        error_before: of the outputs on validation samples without tuning, as a share of their variation; None if not
            judged.
        error_after: the same with it.
        reason: why what was tuned was undone; empty if it was taken.
    """

    layers: tuple[SparseLayerRecord, ...] = ()
    rate: float = 0.0
    skipped: Mapping[str, str] = field(default_factory=dict)
    bias: BiasCorrectionResult | None = None
    warnings: tuple[str, ...] = ()
    tuned: tuple[str, ...] = ()
    error_before: float | None = None
    error_after: float | None = None
    reason: str = ""

    def __str__(self) -> str:
        """The table of layers, shapes and rates in percent that POT logged."""
        width = max([len("Layer"), *(len(record.layer) for record in self.layers)])
        lines = [f"{'Layer':<{width}}  {'Shape':<18}  Sparsity rate, %"]
        lines += [f"{record.layer:<{width}}  {record.shape!s:<18}  {100 * record.rate:.2f}" for record in self.layers]
        return "\n".join([*lines, f"{'all of them':<{width}}  {'':<18}  {100 * self.rate:.2f}"])


@dataclass(frozen=True, eq=False)
class PrunableLayer:
    """A layer that takes part: the graph that holds it, and its weights as they were."""

    graph: Model
    layer: LinearLayer
    weights: FloatArray


@dataclass(frozen=True)
class PrunableLayers:
    """The layers of all members of a model that take part, those that do not with the reason, and warnings."""

    layers: tuple[PrunableLayer, ...]
    skipped: Mapping[str, str]
    warnings: tuple[str, ...]


class SparsityAlgorithm(CalibratedAlgorithm[Settings]):
    """What all sparsity algorithms share."""

    algo_type = "sparsity"

    @property
    def change_original_model(self) -> bool:
        """True: with other weights, everything after them is another."""
        return True

    def prepare(self, model: CompressedModel) -> None:
        """Fold batch normalisation: what is small is decided on the weights that are used.

        Raises:
            AlreadyQuantizedError: the model is quantized; sparsity comes before quantization.
        """
        prepare_model(model)


class MagnitudeSparsity(SparsityAlgorithm[MagnitudeSparsityConfig]):
    """Sets the smallest weights to zero.

    ``result`` is a :class:`SparsityResult`. Keys: those of
    :class:`openpot.config.sparsity.MagnitudeSparsityConfig`.
    """

    name = "MagnitudeSparsity"
    config_class: ClassVar = MagnitudeSparsityConfig
    needs_data: ClassVar = False

    def apply(self, model: CompressedModel, calibration: Calibration) -> SparsityResult:
        """Prune all layers that take part."""
        del calibration
        return prune(find_prunable_layers(model, self.settings), self.settings)


def find_prunable_layers(model: CompressedModel, settings: MagnitudeSparsityConfig) -> PrunableLayers:
    """Convolutions and matrix products with weights of their own that the user did not leave out."""
    layers: list[PrunableLayer] = []
    skipped: dict[str, str] = {}
    warnings: tuple[str, ...] = ()
    for position, member in enumerate(model.members):
        snapshot = model.snapshot(position)
        scope = find_ignored_scope(settings, member.name)
        ignored = find_ignored_by_user(snapshot, scope, groups_are_convolutions=True)
        warnings += ignored.warnings
        reasons = dict(ignored.reasons)
        if not settings.normed_threshold:
            for name in find_first_convolutions(snapshot):
                reasons.setdefault(name, "first convolutions stay whole unless normed_threshold is true")
        nodes = NodeIndex(member.model)
        for layer in find_linear_layers(snapshot):
            reason = reasons.get(layer.name) or _find_obstacle(snapshot, layer)
            if reason:
                skipped[layer.name] = reason
            else:
                layers.append(PrunableLayer(member.model, layer, constant_value(nodes, layer.constant)))
    return PrunableLayers(tuple(layers), skipped, warnings)


def prune(prunable: PrunableLayers, settings: MagnitudeSparsityConfig) -> SparsityResult:
    """Set the smallest weights of ``found`` to zero, in place."""
    masks = make_pruning_masks(
        [candidate.weights for candidate in prunable.layers], settings.sparsity_level, settings.normed_threshold
    )
    values: dict[Model, dict[InputId, Array]] = {}
    records = []
    for candidate, mask in zip(prunable.layers, masks, strict=True):
        pruned = np.where(mask, candidate.weights, np.float32(0))
        if settings.correct_weight_bias:
            pruned = _correct_rows(candidate, pruned, settings.eps_factor)
        values.setdefault(candidate.graph, {})[candidate.layer.weights] = pruned
        records.append(SparseLayerRecord(candidate.layer.name, candidate.weights.shape, float(np.mean(pruned == 0))))
    for graph, changes in values.items():
        replace_constant_inputs(graph, changes, "sparse")
    weights = [int(np.prod(record.shape)) for record in records]
    rate = sum(n * record.rate for n, record in zip(weights, records, strict=True)) / max(1, sum(weights))
    return SparsityResult(tuple(records), rate, prunable.skipped, warnings=prunable.warnings)


def _correct_rows(candidate: PrunableLayer, pruned: FloatArray, eps: float) -> FloatArray:
    axes = weight_channel_axes(candidate.layer.record, pruned.shape, candidate.layer.weights.port)
    if not axes:
        return pruned
    rows = match_survivors(to_channel_rows(candidate.weights, axes), to_channel_rows(pruned, axes), eps)
    moved = [pruned.shape[axis] for axis in axes] + [size for axis, size in enumerate(pruned.shape) if axis not in axes]
    return np.moveaxis(rows.reshape(moved), range(len(axes)), axes).astype(np.float32)


def _find_obstacle(snapshot: GraphSnapshot, layer: LinearLayer) -> str:
    """Why the weights of a layer cannot be changed, or an empty text."""
    others = [
        reader.node
        for reader in snapshot.consumers.get(layer.constant, ())
        if reader.node != layer.name and reader.node not in snapshot.constants
    ]
    return f"its weights are also read by {others[0]!r}" if others else ""
