"""What is known of each target device besides its hardware table: ``hardware/devices.json``, as frozen records.

The facts about the CPU were read from executed graphs of OpenVINO 2026, those about other devices from POT's tables.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic_core import PydanticCustomError

from openpot.config.presets import Preset
from openpot.errors import UnknownNameError, suggest_nearest_name


class TargetDevice(BaseModel):
    """One target device.

    Operation types are those of OpenVINO and the additional ones of :mod:`openpot.placement.table_entry`.

    Attributes:
        name: what users call it.
        table: which operations it runs in low precision: the file ``hardware/<table>.json``.
        runs_as: the device of the runtime that runs its models; its own name unless it says otherwise.
        needs_symmetric_weights: a zero point of weights makes it run the whole operation in float.
        needs_symmetric_activations: operation types that a zero point of activations makes it run in float.
        has_free_zero_points: zero points of activations cost no time.
        may_saturate: some of its processors add pairs of 8-bit products in 16 bits, which can overflow; whether the
            one at hand does is measured.
        float_operations: types that multiply and accumulate and that it runs in float all the same, with the reason.
        float_blocks: blocks that POT's placement leaves in float for it: names in ``placement/block_patterns.py``.
        adds_take_one_float_input: POT's placement drops one of two quantizers before an Add.
        quantized_in_transformers: types that ``model_type: transformer`` leaves in float for other devices only.
        needs_pot_placement: every operation has to be quantized, as POT's placement does.
        runs_float: whether a layer may stay in float; where it may not, wider weights keep the accuracy.
        sums_may_overflow: sums of products of its integers may need more than 32 bits.
        command_line_presets: presets that POT's command line understood otherwise for it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    table: str
    runs_as: str
    needs_symmetric_weights: bool = False
    needs_symmetric_activations: frozenset[str] = frozenset()
    has_free_zero_points: bool = False
    may_saturate: bool = False
    float_operations: Mapping[str, str] = {}
    float_blocks: tuple[str, ...] = ()
    adds_take_one_float_input: bool = False
    quantized_in_transformers: frozenset[str] = frozenset()
    needs_pot_placement: bool = False
    runs_float: bool = True
    sums_may_overflow: bool = False
    command_line_presets: Mapping[str, Preset] = {}

    def choose_preset(self, preset: Preset) -> Preset:
        """What ``preset`` comes to on this device.

        ``accuracy`` is ``mixed`` where asymmetric weights do not run in INT8, and so is ``performance`` where kernels
        take activations with a zero point as fast as others (``docs/accuracy.md`` has the measurement on the CPU).
        """
        if preset is Preset.ACCURACY and self.needs_symmetric_weights:
            return Preset.MIXED
        if preset is Preset.PERFORMANCE and self.has_free_zero_points:
            return Preset.MIXED
        return preset


@cache
def load_target_devices() -> Mapping[str, TargetDevice]:
    """Every target device by its name."""
    text = resources.files("openpot.config").joinpath("hardware", "devices.json").read_text("utf-8")
    return devices_from_dict(json.loads(text))


def devices_from_dict(entries: Mapping[str, Mapping[str, Any]]) -> dict[str, TargetDevice]:
    """The devices of the content of ``devices.json``; ``like`` names the device whose facts an entry starts from."""
    devices = {}
    for name, entry in entries.items():
        facts = {"runs_as": name, **entries.get(entry.get("like", ""), {}), **entry, "name": name}
        facts.pop("like", None)
        devices[name] = TargetDevice(**facts)
    return devices


OLDER_NAMES: Mapping[str, str] = {"VPU": "NPU"}
"""Names that devices had in POT before."""


def find_target_device(name: str | None = None) -> TargetDevice:
    """The target device of a name; None stands for ``ANY``.

    Raises:
        UnknownNameError: there is no such device.
    """
    name = "ANY" if name is None else OLDER_NAMES.get(name, name)
    devices = load_target_devices()
    if name not in devices:
        raise UnknownNameError(f"there is no target device {name!r}; {suggest_nearest_name(name, devices)}")
    return devices[name]


def _check_name(name: str) -> str:
    upper = OLDER_NAMES.get(name.upper(), name.upper())
    if upper not in load_target_devices():
        hint = suggest_nearest_name(name, load_target_devices())
        raise PydanticCustomError("unknown_name", "{text}", {"text": f"there is no target device {name!r}; {hint}"})
    return upper


TargetDeviceName = Annotated[str, AfterValidator(_check_name)]
"""The name of a target device in a configuration, in any case."""
