"""The request that placement gets: device, kind of placement, preset, ignored operations, options of quantizers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from openpot.config.hardware import HardwareTable, load_hardware_table
from openpot.config.presets import Preset
from openpot.config.quantizer_override import QuantizerOverrideConfig
from openpot.config.target_devices import TargetDevice, find_target_device
from openpot.placement.plan import QuantizerKind

if TYPE_CHECKING:
    from openpot.config.algorithms import ModelType, SaturationFix
    from openpot.config.ignored_scope import IgnoredScope


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
        weights: The user's options for quantizers of weights; the table decides what they leave open.
        activations: The same for quantizers of activations.
        outputs: The same for quantizers after operations (GNA).
        saturation_fix: Which weights are stored at half their size: ``first_layer``, ``all`` or ``no``; None leaves
            it to the placement.
        has_int8_saturation: Whether the machine adds pairs of 8-bit products in 16 bits, so that they can overflow.
        has_slow_int8_products: Whether the machine multiplies matrices no faster in INT8 than in float.
    """

    target_device: str = "ANY"
    placement: Literal["openpot", "pot"] = "openpot"
    preset: Preset = Preset.PERFORMANCE
    ignored: IgnoredScope | None = None
    model_type: ModelType | None = None
    weights: QuantizerOverrideConfig = field(default_factory=QuantizerOverrideConfig)
    activations: QuantizerOverrideConfig = field(default_factory=QuantizerOverrideConfig)
    outputs: QuantizerOverrideConfig = field(default_factory=QuantizerOverrideConfig)
    saturation_fix: SaturationFix | None = None
    has_int8_saturation: bool = False
    has_slow_int8_products: bool = False

    @property
    def device(self) -> TargetDevice:
        """The target device."""
        return find_target_device(self.target_device)

    @property
    def table(self) -> HardwareTable:
        """The table of the target device."""
        return load_hardware_table(self.target_device)

    @property
    def overrides(self) -> dict[QuantizerKind, QuantizerOverrideConfig]:
        """The user's options, by kind of quantizer."""
        return {
            QuantizerKind.WEIGHTS: self.weights,
            QuantizerKind.ACTIVATIONS: self.activations,
            QuantizerKind.OUTPUTS: self.outputs,
        }

    @property
    def is_transformer(self) -> bool:
        """Whether the model is said to be a transformer."""
        return self.model_type is not None

    @property
    def skips_model(self) -> bool:
        """Whether the user left the whole graph out."""
        return self.ignored is not None and self.ignored.skip_model
