"""What is asked of placement: device, kind of placement, preset, ignored operations, overrides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from openpot.config.hardware import HardwareTable, load_hardware_table
from openpot.config.target_devices import TargetDevice, find_target_device
from openpot.errors import ConfigError, nearest_name_hint
from openpot.placement.plan import QuantizerKind
from openpot.placement.quantizer_override import QuantizerOverride, parse_override

if TYPE_CHECKING:
    from openpot.config.ignored_scope import IgnoredScope

PLACEMENTS = ("openpot", "pot")
PRESETS = ("performance", "mixed", "accuracy")
SATURATION_FIXES = ("first_layer", "all", "no")
MODEL_TYPES = ("transformer",)


@dataclass(frozen=True)
class PlacementRequest:
    """Everything that placement depends on besides the graph.

    Attributes:
        target_device: A name of the hardware tables.
        placement: ``openpot`` (operations that multiply and accumulate, and what keeps INT8 data INT8 between them)
            or ``pot`` (every operation of the hardware table, as POT placed quantizers).
        preset: ``performance`` (symmetric), ``mixed`` (activations asymmetric) or ``accuracy`` (the last entries of the
            table: weights asymmetric too where the device runs that in INT8).
        ignored: What the user left out by name, type or as a whole.
        model_type: None or ``transformer``.
        weights: Stated properties of weight quantizers (``bits``, ``mode``, ``granularity``, ``level_low``,
            ``level_high``), complete or not.
        activations: The same for activation quantizers.
        outputs: The same for quantizers behind operations (GNA).
        saturation_fix: Which weights are stored at half their size: ``first_layer``, ``all`` or ``no``; None leaves
            it to the placement.
        has_int8_saturation: Whether the machine adds pairs of 8-bit products in 16 bits, so that they can overflow.
        has_slow_int8_products: Whether the machine multiplies matrices no faster in INT8 than in float.

    Raises:
        ConfigError: A value is not possible.
    """

    target_device: str = "ANY"
    placement: str = "openpot"
    preset: str = "performance"
    ignored: IgnoredScope | None = None
    model_type: str | None = None
    weights: Mapping[str, Any] = field(default_factory=dict)
    activations: Mapping[str, Any] = field(default_factory=dict)
    outputs: Mapping[str, Any] = field(default_factory=dict)
    saturation_fix: str | None = None
    has_int8_saturation: bool = False
    has_slow_int8_products: bool = False

    def __post_init__(self) -> None:
        _check("placement", self.placement, PLACEMENTS)
        _check("preset", self.preset, PRESETS)
        if self.saturation_fix is not None:
            _check("saturation_fix", self.saturation_fix, SATURATION_FIXES)
        if self.model_type is not None:
            _check("model_type", str(self.model_type).lower(), MODEL_TYPES)
        _ = self.table, self.overrides  # unknown devices and impossible overrides are refused at once

    @property
    def device(self) -> TargetDevice:
        """What is known of the target device."""
        return find_target_device(self.target_device)

    @cached_property
    def table(self) -> HardwareTable:
        """The table of the target device."""
        return load_hardware_table(self.target_device)

    @cached_property
    def overrides(self) -> dict[QuantizerKind, QuantizerOverride]:
        """What the user stated, by kind of quantizer."""
        stated = {
            QuantizerKind.WEIGHTS: self.weights,
            QuantizerKind.ACTIVATIONS: self.activations,
            QuantizerKind.OUTPUTS: self.outputs,
        }
        return {kind: parse_override(kind, values) for kind, values in stated.items()}

    @property
    def is_transformer(self) -> bool:
        """Whether the model is said to be a transformer."""
        return self.model_type is not None

    @property
    def skips_model(self) -> bool:
        """Whether the user left the whole graph out."""
        return self.ignored is not None and self.ignored.skip_model


def _check(name: str, value: str, valid: tuple[str, ...]) -> None:
    if value not in valid:
        raise ConfigError(f"{name} {value!r} does not exist; {nearest_name_hint(str(value), valid)}")
