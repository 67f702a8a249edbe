"""Turns a draft into a plan: levels, channel axes, groups and the order of quantizers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from openpot.config.quantizer import QuantizerConfig
from openpot.graph.snapshot import GraphSnapshot
from openpot.graph.tensor_id import InputId, TensorId
from openpot.graph.weights import weight_channel_axes, weight_input_axis
from openpot.numerics.levels import count_levels_between, find_level_bounds
from openpot.placement.plan import PlannedQuantizer, QuantizerKind
from openpot.placement.quantizer_graph import DraftQuantizer, QuantizerGraph
from openpot.placement.quantizer_groups import QuantizerGroup
from openpot.placement.virtual_bias import BiasedGraph
from openpot.scheme import Granularity, PerChannel, PerGroup, PerTensor

ACTIVATION_CHANNEL_AXIS = 1


@dataclass(frozen=True)
class FinishedDraft:
    """A draft with all quantizers in their final places, and what was decided about each; by the key of a quantizer.

    Attributes:
        graph: The draft.
        biased: The graph that it was made on.
        configs: The configuration of every quantizer.
        groups: Quantizers that share their limits.
        output_names: Name of a model output that a quantizer takes over.
        halved: Quantizers of weights that are halved against saturation.
        pair_bounded: Axis along which sums of neighbouring weights are bounded instead.
    """

    graph: QuantizerGraph
    biased: BiasedGraph
    configs: Mapping[str, QuantizerConfig]
    groups: Sequence[QuantizerGroup] = ()
    output_names: Mapping[str, str] = field(default_factory=dict)
    halved: frozenset[str] = frozenset()
    pair_bounded: Mapping[str, int] = field(default_factory=dict)


def plan_quantizers(draft: FinishedDraft, original: GraphSnapshot) -> tuple[PlannedQuantizer, ...]:
    """The quantizers of a finished draft in topological order of the tensors that they quantize, then by name."""
    group_numbers = {key: number for number, group in enumerate(draft.groups) for key in group.quantizers}
    position = {name: place for place, name in enumerate(original.nodes)}
    planned = [
        _plan_quantizer(draft, original, quantizer, group_numbers.get(quantizer.key))
        for quantizer in draft.graph.quantizers.values()
    ]
    return tuple(sorted(planned, key=lambda each: (position[each.tensor.node], each.tensor.port, each.name)))


def _plan_quantizer(
    draft: FinishedDraft, original: GraphSnapshot, quantizer: DraftQuantizer, group: int | None
) -> PlannedQuantizer:
    graph, key = draft.graph, quantizer.key
    tensor = draft.biased.real_tensor(graph.quantized_tensor(key))
    readers = tuple(reader for reader in graph.readers(TensorId(key)) if draft.biased.is_real(reader))
    config = draft.configs[key]
    config = replace(config, granularity=_place_axes(original, quantizer.kind, config, tensor, readers))
    return PlannedQuantizer(
        name=draft.output_names.get(key, quantizer.name),
        tensor=tensor,
        readers=tuple(sorted(readers)),
        kind=quantizer.kind,
        config=config,
        levels=count_levels(config, quantizer.kind),
        group=group,
        halve_weights=key in draft.halved,
        pairs_along=draft.pair_bounded.get(key),
        takes_name_of_producer=key in draft.output_names,
    )


def count_levels(config: QuantizerConfig, kind: QuantizerKind) -> int:
    """Number of levels: from the ends if they are given, else from bits and mode."""
    is_weights = kind == QuantizerKind.WEIGHTS
    low, high = find_level_bounds(config.num_bits, config.mode, is_weights, config.level_low, config.level_high)
    return count_levels_between(low, high)


def _place_axes(
    snapshot: GraphSnapshot,
    kind: QuantizerKind,
    config: QuantizerConfig,
    tensor: TensorId,
    readers: Sequence[InputId],
) -> Granularity:
    """The granularity with the axes of the tensor: per channel only if it has channels, per group only for weights."""
    shape = snapshot.shape(tensor)
    if isinstance(config.granularity, PerTensor) or shape is None:
        return PerTensor()
    if kind != QuantizerKind.WEIGHTS:
        return PerChannel(ACTIVATION_CHANNEL_AXIS) if len(shape) > ACTIVATION_CHANNEL_AXIS else PerTensor()
    sizes = tuple(1 if size is None else size for size in shape)
    reader = min(readers)
    axes = weight_channel_axes(snapshot[reader.node], sizes, reader.port)
    axes = tuple(axis for axis in axes if axis < len(sizes))
    if not axes:
        return PerTensor()
    channels = axes[0] if len(axes) == 1 else axes
    along = weight_input_axis(snapshot[reader.node], len(sizes), reader.port)
    if isinstance(config.granularity, PerGroup) and along is not None and sizes[along] % config.granularity.size == 0:
        return PerGroup(config.granularity.size, channels, along)
    return PerChannel(channels)
