"""LSTM layers in INT8, where the real kernel agrees with float within the budget.

No simulation tells what the kernel computes (:mod:`openpot.rewrites.quantize_lstm`), so every candidate is compiled and
run. All layers together come first; where that is too far from the float model, they are added one by one, those first
that cost least alone.
"""

from __future__ import annotations

import logging
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from openpot.algorithms.min_max import NOTHING_QUANTIZED, MinMaxResult, QuantizerRecord
from openpot.errors import ModelError
from openpot.graph.lstm_layer import HIDDEN, LSTM_SEQUENCE, WEIGHTS, LstmLayer, find_lstm_layers
from openpot.graph.node_index import NodeIndex
from openpot.graph.tensor_id import InputId, TensorId
from openpot.graph.weights import constant_value
from openpot.numerics.smoothing import ChannelStatistics, choose_smoothing
from openpot.placement.placement_default import RECURRENT_REASON
from openpot.placement.plan import OperationDecision
from openpot.rewrites.quantize_lstm import LstmQuantizers, LstmScaling, quantize_lstm
from openpot.search.quantized_variant import QuantizedVariant, make_saved_form
from openpot.trial.channel_statistics import observe_channels
from openpot.trial.compared_outputs import find_compared_tensors
from openpot.trial.float_outputs import FloatOutputs
from openpot.trial.tensor_extremes import observe_extremes
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.snapshot import GraphSnapshot

logger = logging.getLogger(__name__)

PADDING = 4
"""So many inputs of zeros are added for each layer of the same shape before: INT8 kernels take inputs by fours."""
QUANTIZED = "quantized: input and hidden state 8 bits, with one range; weights 8 bits, symmetric, per row"
TOO_FAR = "stays in float: in INT8 the error of the outputs is {error:.3f}, allowed is {limit:.3f}"
NO_KERNEL = "stays in float: the device has no INT8 kernel for it"


@dataclass(frozen=True, eq=False)
class RecurrentLayers:
    """A variant with LSTM layers in INT8, and the error of its outputs as it runs; None if no layer is in INT8."""

    variant: QuantizedVariant
    error: float | None = None


@dataclass(frozen=True, eq=False)
class _Attempt:
    variant: QuantizedVariant
    error: float
    has_kernels: bool


@dataclass(frozen=True)
class RecurrentSettings:
    """How recurrent layers are quantized.

    Attributes:
        device: where the model is for.
        limit: what the error of the worst output may be, as a share of its variation between samples.
        halves_weights: whether sums of two products have to fit into 16 bits.
    """

    device: str
    limit: float
    halves_weights: bool = False


def quantize_recurrent_layers(
    variant: QuantizedVariant, outputs: FloatOutputs, settings: RecurrentSettings
) -> RecurrentLayers:
    """Quantize the LSTM layers that keep the error of the outputs within a limit; the variant itself is not changed.

    Args:
        variant: a single model.
        outputs: those of the float model on calibration samples: all tell ranges, those that validate tell errors.
        settings: the device, and what error is allowed.

    Raises:
        ModelError: the float model cannot be compiled.
        EngineError: an inference failed.
    """
    candidates = _Candidates(variant, outputs, settings)
    if not candidates.layers:
        return RecurrentLayers(variant)
    together = candidates.try_layers(candidates.layers)
    if candidates.is_good(together):
        return RecurrentLayers(together.variant, together.error)
    if len(candidates.layers) == 1:
        return RecurrentLayers(candidates.explain(variant, {candidates.layers[0].name: together}))
    return _add_one_by_one(variant, candidates)


def _add_one_by_one(variant: QuantizedVariant, candidates: _Candidates) -> RecurrentLayers:
    alone = {layer.name: candidates.try_layers([layer]) for layer in candidates.layers}
    good = [layer for layer in candidates.layers if candidates.is_good(alone[layer.name])]
    chosen: list[LstmLayer] = []
    best = RecurrentLayers(variant)
    for layer in sorted(good, key=lambda layer: alone[layer.name].error):
        attempt = candidates.try_layers([*chosen, layer]) if chosen else alone[layer.name]
        if candidates.is_good(attempt):
            chosen, best = [*chosen, layer], RecurrentLayers(attempt.variant, attempt.error)
        else:
            alone[layer.name] = attempt
    rejected = {layer.name: alone[layer.name] for layer in candidates.layers if layer not in chosen}
    return replace(best, variant=candidates.explain(best.variant, rejected))


class _Candidates:
    """The LSTM layers of a variant, and copies of it with some of them in INT8."""

    def __init__(self, variant: QuantizedVariant, outputs: FloatOutputs, settings: RecurrentSettings) -> None:
        self._variant, self._settings = variant, settings
        snapshot = variant.reference.snapshot()
        layers = _select_layers(variant, snapshot)
        self._scalings = _choose_scalings(variant, layers, outputs.feeds, settings) if layers else {}
        self.layers = [layer for layer in layers if layer.name in self._scalings]
        self._float_outputs = outputs

    def try_layers(self, layers: Sequence[LstmLayer]) -> _Attempt:
        """The variant with these layers in INT8, and how it runs."""
        attempt, lacking = self._run(layers)
        if lacking:
            # Whether the device knows the first state when it compiles cannot always be told from the graph.
            for layer in lacking:
                known = self._scalings[layer.name]
                self._scalings[layer.name] = replace(known, computes_first=not known.computes_first)
            attempt, _ = self._run(layers)
        return attempt

    def _run(self, layers: Sequence[LstmLayer]) -> tuple[_Attempt, list[LstmLayer]]:
        """The variant with these layers in INT8, and those that the device has no kernel for."""
        candidate, operations = self._quantize(layers)
        names = [layer.name for layer in layers]
        try:
            run = self._float_outputs.measure(make_saved_form(candidate.model), self._settings.device)
        except ModelError as failure:
            logger.info("%s in INT8 cannot be compiled: %s", names, failure)
            return _Attempt(candidate, math.inf, has_kernels=False), list(layers)
        lacking = [
            layer
            for layer in layers
            if not all(name in run.executed and run.executed[name].is_integer for name in operations[layer.name])
        ]
        logger.info("%s in INT8: error %.4f, %d without a kernel", names, run.error, len(lacking))
        return _Attempt(candidate, run.error, not lacking), lacking

    def is_good(self, attempt: _Attempt) -> bool:
        """Whether the device computes in INT8, and close enough."""
        return attempt.has_kernels and attempt.error <= self._settings.limit

    def explain(self, variant: QuantizedVariant, rejected: dict[str, _Attempt]) -> QuantizedVariant:
        """The variant, and in its plan why these layers stay in float."""
        reasons = {
            name: TOO_FAR.format(error=attempt.error, limit=self._settings.limit) if attempt.has_kernels else NO_KERNEL
            for name, attempt in rejected.items()
        }
        return replace(variant, min_max=variant.min_max.revert_to_float(reasons, ()))

    def _quantize(self, layers: Sequence[LstmLayer]) -> tuple[QuantizedVariant, dict[str, tuple[str, ...]]]:
        """The variant with these layers in INT8, and the operations that each of them is now."""
        twin, min_max = self._variant.model.copy(), self._variant.min_max
        operations = {}
        alike: Counter[tuple[int, int, bool]] = Counter()
        for layer in layers:
            shape = (layer.num_inputs, layer.hidden_size, layer.is_bidirectional)
            scaling = replace(self._scalings[layer.name], padding=PADDING * alike[shape])
            alike[shape] += 1
            done = quantize_lstm(twin.members[0].model, layer, scaling)
            operations[layer.name] = done.operations
            twin.provenance.original_names |= dict.fromkeys(done.operations[1:], layer.name)
            min_max = _add_quantizers(min_max, done)
        return replace(self._variant, model=twin, min_max=min_max), operations


def _add_quantizers(min_max: MinMaxResult, done: LstmQuantizers) -> MinMaxResult:
    decisions = {decision.operation: decision for decision in min_max.plan.decisions}
    for operation in done.operations:
        names = tuple(quantizer.name for quantizer in done.planned if quantizer.readers[0].node == operation)
        decisions[operation] = OperationDecision(operation, LSTM_SEQUENCE, True, QUANTIZED, names)
    plan = replace(
        min_max.plan,
        quantizers=(*min_max.plan.quantizers, *done.planned),
        decisions=tuple(decisions.values()),
    )
    records = tuple(QuantizerRecord(quantizer, done.limits[quantizer.name]) for quantizer in done.planned)
    warnings = tuple(text for text in min_max.warnings if text != NOTHING_QUANTIZED)
    return replace(min_max, plan=plan, quantizers=(*min_max.quantizers, *records), warnings=warnings)


def _select_layers(variant: QuantizedVariant, snapshot: GraphSnapshot) -> list[LstmLayer]:
    """The layers that nobody wants in float; a bidirectional one whose outputs are compared as they are is none."""
    possible = {
        decision.operation for decision in variant.min_max.plan.decisions if decision.reason.endswith(RECURRENT_REASON)
    }
    compared = {tensor.node for tensor in find_compared_tensors(snapshot)}
    ends = {source.node for node in snapshot.nodes_of_type("Result") for source in node.inputs}
    return [
        layer
        for layer in find_lstm_layers(snapshot)
        if layer.name in possible and not (layer.is_bidirectional and layer.name in compared | ends)
    ]


def _choose_scalings(
    variant: QuantizedVariant,
    layers: Sequence[LstmLayer],
    feeds: Sequence[dict[int, Array]],
    settings: RecurrentSettings,
) -> dict[str, LstmScaling]:
    """How each layer is scaled; layers that see nothing but zeros, or what is not finite, are left out."""
    reference, snapshot = variant.reference.members[0].model, variant.reference.snapshot()
    nodes = NodeIndex(reference)
    firsts = {layer.name: snapshot[layer.name].inputs[HIDDEN] for layer in layers}
    states = [tensor for layer in layers for tensor in (layer.states, firsts[layer.name])]
    extremes = observe_extremes(reference, states, feeds, settings.device)
    channels = observe_channels(reference, list(dict.fromkeys(layer.data for layer in layers)), feeds, settings.device)
    scalings = {}
    for layer in layers:
        first = firsts[layer.name]
        hidden = max(map(abs, (*extremes[layer.states], *extremes[first])))
        weights = constant_value(nodes, nodes.input(InputId(layer.name, WEIGHTS)).get_source_output())
        factors = _balance(channels[layer.data], weights)
        if factors is not None and 0 < hidden < math.inf:
            scalings[layer.name] = LstmScaling(
                factors / hidden,
                hidden,
                computes_first=not _is_folded(snapshot, first),
                halves_weights=settings.halves_weights,
            )
    return scalings


def _balance(channels: ChannelStatistics, weights: Array) -> Array | None:
    """What the channels of the data are divided by to lie within -1 and 1, shape ``(inputs,)``."""
    smoothing = choose_smoothing(channels, weights.reshape(-1, weights.shape[-1]).T)
    factors = np.ones(weights.shape[-1], np.float32) if smoothing is None else smoothing.factors
    largest = float((np.maximum(-channels.low, channels.high) / factors).max())
    return factors * np.float32(largest) if 0 < largest < math.inf else None


def _is_folded(snapshot: GraphSnapshot, tensor: TensorId) -> bool:
    """Whether the device knows a tensor when it compiles the model: it depends on shapes at most, which are static."""
    if tensor.node in snapshot.constants:
        return True
    pending, seen = [tensor.node], {tensor.node}
    while pending:
        node = snapshot[pending.pop()]
        if node.type == "ShapeOf":
            shape = snapshot.shape(node.inputs[0])
            if shape is None or None in shape:
                return False
            continue
        if node.type == "Parameter":
            return False
        fresh = [source.node for source in node.inputs if source.node not in seen]
        seen.update(fresh)
        pending += fresh
    return True
