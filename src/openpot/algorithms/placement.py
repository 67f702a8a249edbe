"""From the settings of an algorithm to the plan of one member of a model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from openpot.config.ignored_scope import IgnoredScope
from openpot.errors import ConfigError
from openpot.measure.instruction_set import has_int8_saturation, has_slow_int8_products
from openpot.placement.draft_to_plan import count_levels
from openpot.placement.place import PlacementRequest, plan_quantization
from openpot.placement.plan import PlannedQuantizer, QuantizationPlan, QuantizerKind
from openpot.placement.quantizer_override import apply_override
from openpot.scheme import PerChannel, PerTensor

if TYPE_CHECKING:
    from openpot.config.algorithms import AlgorithmConfig, MinMaxConfig
    from openpot.config.quantizer_override import QuantizerOverrideConfig
    from openpot.graph.snapshot import GraphSnapshot

SEVEN_BIT_LEVELS = 2**7


def plan_member(
    snapshot: GraphSnapshot, settings: MinMaxConfig, member: str = "", aligned: frozenset[str] = frozenset()
) -> QuantizationPlan:
    """The plan of one graph.

    Args:
        snapshot: the graph.
        settings: what the user asked for.
        member: name of the cascade member; its ignored scope is written without the prefix of its nodes.
        aligned: layers whose weights were scaled by input channel; they are halved as well where others are, because
            wide weights are what saturates.
    """
    request = replace(
        make_placement_request(settings),
        ignored=find_ignored_scope(settings, member),
        has_int8_saturation=needs_saturation_fix(settings),
        has_slow_int8_products=_may_saturate(settings) and has_slow_int8_products(),
    )
    plan = plan_quantization(snapshot, request)
    overrides = {name: override for entry in settings.layerwise_configs for name, override in entry.items()}
    is_fixed = any(quantizer.halve_weights for quantizer in plan.quantizers)
    halved = aligned if is_fixed else frozenset()
    adapted = [_adapt(quantizer, overrides, halved) for quantizer in plan.quantizers]
    if settings.placement == "openpot":
        adapted = [_drop_needless_fix(quantizer) for quantizer in adapted]
    return replace(plan, quantizers=tuple(adapted))


def make_placement_request(settings: MinMaxConfig) -> PlacementRequest:
    """What the settings ask of placement, whatever the model."""
    return PlacementRequest(
        target_device=settings.target_device,
        placement=settings.placement,
        preset=settings.placement_preset,
        model_type=settings.model_type,
        weights=settings.weights,
        activations=settings.activations,
        outputs=settings.outputs,
        saturation_fix=settings.saturation_fix,
    )


def find_ignored_scope(settings: AlgorithmConfig, member: str) -> IgnoredScope:
    """What the user leaves out of one member of a cascade (or of the only model, ``''``), by names in memory."""
    scope = settings.ignored.select_for(member)
    if not member:
        return scope
    prefixed: Iterable[str] = (f"{member}_{name}" for name in scope.scope)
    return scope.model_copy(update={"scope": (*scope.scope, *prefixed)})


def needs_saturation_fix(settings: MinMaxConfig) -> bool:
    """Whether weights have to be kept small, because this machine adds pairs of 8-bit products in 16 bits."""
    return _may_saturate(settings) and has_int8_saturation()


def _may_saturate(settings: MinMaxConfig) -> bool:
    """Whether it matters what the processor does; to know that takes a small compilation."""
    return settings.placement == "openpot" and settings.saturation_fix != "no" and settings.device.may_saturate


def _drop_needless_fix(quantizer: PlannedQuantizer) -> PlannedQuantizer:
    """Weights of at most 7 bits cannot overflow 16 bits in pairs: the saturation fix would only make them coarser."""
    if quantizer.levels > SEVEN_BIT_LEVELS:
        return quantizer
    return replace(quantizer, halve_weights=False, pairs_along=None)


def _adapt(
    quantizer: PlannedQuantizer, overrides: Mapping[str, QuantizerOverrideConfig], halved: frozenset[str]
) -> PlannedQuantizer:
    """The quantizer with what is stated for it by name, and with the saturation fix of aligned layers."""
    if quantizer.kind == QuantizerKind.WEIGHTS and any(reader.node in halved for reader in quantizer.readers):
        quantizer = replace(quantizer, halve_weights=True)
    override = overrides.get(quantizer.name)
    if override is None:
        return quantizer
    config = apply_override(override, quantizer.config)
    if override.range_estimator is not None:
        config = replace(config, range_estimator=override.range_estimator)
    if isinstance(config.granularity, PerChannel) and isinstance(quantizer.granularity, PerTensor):
        raise ConfigError(
            f"layerwise_configs: {quantizer.name!r} stands on a tensor that gets one range, granularity 'perchannel' "
            "is not possible there"
        )
    return replace(quantizer, config=config, levels=count_levels(config, quantizer.kind))
