"""What could be chosen for an operation: the quantizers of the hardware table and the range estimators, by aspect."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

from openpot.config.hardware import HardwareOperation
from openpot.config.tuning import TunableQuantizationConfig, TuningAspect
from openpot.placement.plan import PlannedQuantizer, QuantizerKind
from openpot.scheme import PerChannel

if TYPE_CHECKING:
    from openpot.config.quantizer import QuantizerConfig

ESTIMATOR_ASPECTS = frozenset({TuningAspect.ESTIMATOR_PRESET, TuningAspect.ESTIMATOR_TYPE})
AGGREGATORS = (("mean", "mean"), ("min", "max"), ("median", "median"))
"""How the low and the high ends of the inferences may be combined."""


@dataclass(frozen=True)
class TunedOperation:
    """An operation, its entry in the hardware table (None if it has none), and the quantizers planned for it."""

    name: str
    entry: HardwareOperation | None
    quantizers: tuple[PlannedQuantizer, ...]


def list_operation_choices(operation: TunedOperation, settings: TunableQuantizationConfig) -> list[dict[str, Any]]:
    """Every choice, the first one as the plan has it, as dictionaries of plain values.

    Args:
        operation: what is chosen for.
        settings: say which aspects may differ.
    """
    kinds = list(dict.fromkeys(quantizer.kind for quantizer in operation.quantizers))
    options = []
    for kind in kinds:
        quantizers = [quantizer for quantizer in operation.quantizers if quantizer.kind == kind]
        options.append(_drop_repeated(_list_quantizer_options(operation.entry, quantizers, settings)))
    choices: list[dict[str, Any]] = [
        {"quantize": 1, **{str(kind): value for kind, value in zip(kinds, values, strict=True) if value}}
        for values in product(*options)
    ]
    return [*choices, {"quantize": 0}] if TuningAspect.LAYER in settings.tuning_scope else choices


def _list_quantizer_options(
    entry: HardwareOperation | None, planned: Sequence[PlannedQuantizer], settings: TunableQuantizationConfig
) -> Iterator[dict[str, Any]]:
    """Overrides of the quantizers of one kind; the first is empty: as planned."""
    kind = planned[0].kind
    now = planned[0].config
    yield {}
    entries = [now] if entry is None else [now, *entry.list_allowed(kind)]
    for estimator, config in product(_list_estimators(kind, settings), entries):
        if not _is_possible(config, planned, settings):
            continue
        changed = {
            key: value
            for key, aspect, value, present in (
                ("bits", TuningAspect.BITS, config.num_bits, now.num_bits),
                ("mode", TuningAspect.MODE, config.mode.value, now.mode.value),
                ("granularity", TuningAspect.GRANULARITY, config.granularity.key, now.granularity.key),
            )
            if aspect in settings.tuning_scope and value != present
        }
        yield {**changed, **({"range_estimator": estimator} if estimator else {})}


def _is_possible(
    config: QuantizerConfig, planned: Sequence[PlannedQuantizer], settings: TunableQuantizationConfig
) -> bool:
    """Whether the tensors have such channels, and the device runs such weights in integers."""
    if isinstance(config.granularity, PerChannel) and not all(
        isinstance(quantizer.granularity, PerChannel) for quantizer in planned
    ):
        return False
    is_weights = planned[0].kind == QuantizerKind.WEIGHTS
    runs = settings.placement == "pot" or not settings.device.needs_symmetric_weights
    return not is_weights or runs or config.mode == planned[0].config.mode


def _list_estimators(kind: QuantizerKind, settings: TunableQuantizationConfig) -> Iterator[dict[str, Any]]:
    """Range estimators; an empty one is what quantization takes by itself."""
    scope = frozenset(settings.tuning_scope)
    yield {}
    combined: Sequence[tuple[str, str] | None] = (None,)
    if TuningAspect.ESTIMATOR_AGGREGATOR in scope and kind != QuantizerKind.WEIGHTS:
        combined = AGGREGATORS
        yield from (_make_estimator("default", None, ends) for ends in combined)
    if scope & ESTIMATOR_ASPECTS or TuningAspect.ESTIMATOR_OUTLIER_PROB in scope:
        several = TuningAspect.ESTIMATOR_OUTLIER_PROB in scope
        shares: Sequence[float | None] = settings.outlier_prob_choices if several else (None,)
        yield from (_make_estimator("quantile", share, ends) for share, ends in product(shares, combined))


def _make_estimator(preset: str, share: float | None, ends: tuple[str, str] | None) -> dict[str, Any]:
    common = {} if share is None else {"outlier_prob": share}
    low, high = ({}, {}) if ends is None else ({"aggregator": ends[0]}, {"aggregator": ends[1]})
    estimator = {"min": {**common, **low}, "max": {**common, **high}}
    return {"preset": preset, **{end: value for end, value in estimator.items() if value}}


def _drop_repeated(options: Iterator[dict[str, Any]]) -> list[dict[str, Any]]:
    distinct: list[dict[str, Any]] = []
    for option in options:
        if option not in distinct:
            distinct.append(option)
    return distinct
