"""A quantizer of activations whose limits are chosen by inputs, which can also switch it off.

With one range for the tensor it is ``step * FakeQuantize(gain * (x - start)) + low``: the FakeQuantize rounds to whole
numbers up to ``levels - 1``, and the four numbers are inputs (:mod:`openpot.numerics.scaled_rounding`). One such
node serves any number of candidates. With ranges per channel, inputs that are vectors would force the tensor into
another memory layout; there every candidate has a FakeQuantize of its own and a switch, ``switch_0 * FakeQuantize_0(x)
+ ...``. If the quantizer can be switched off, ``share * x`` is added.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from openpot.errors import ModelError
from openpot.graph import build
from openpot.graph.tensor_id import InputId, TensorId
from openpot.numerics.fake_quantize import FakeQuantizeLimits
from openpot.numerics.scaled_rounding import SCALED_ROUNDING_TERMS, compute_scaled_rounding
from openpot.trial.adapted_layers import convert_like, convert_to_float
from openpot.typing_aliases import FloatArray

if TYPE_CHECKING:
    from openpot.graph.types import Node, Output

SHARE = "share"


@dataclass(frozen=True, eq=False)
class TrialQuantizer:
    """A quantizer of activations: ``candidates`` are limits in shapes that broadcast with the tensor.

    Raises:
        ModelError: the candidates differ in their number of levels.
    """

    name: str
    tensor: TensorId
    readers: tuple[InputId, ...]
    candidates: tuple[FakeQuantizeLimits, ...]

    def __post_init__(self) -> None:
        levels = [limits.levels for limits in self.candidates]
        if len(set(levels)) != 1:
            raise ModelError(f"the candidates of {self.name!r} need one number of levels, given {levels}")

    @property
    def is_per_tensor(self) -> bool:
        """Whether every candidate has a single range."""
        return all(
            end.size == 1
            for limits in self.candidates
            for end in (limits.input_low, limits.input_high, limits.output_low, limits.output_high)
        )

    def list_controls(self, can_be_off: bool) -> tuple[str, ...]:
        """Names of the inputs: one number each."""
        switches = [f"switch_{number}" for number in range(len(self.candidates))]
        chosen = switches if can_be_off or len(switches) > 1 else []
        names = SCALED_ROUNDING_TERMS if self.is_per_tensor else chosen
        return (SHARE, *names) if can_be_off else tuple(names)

    def compute_settings(self, can_be_off: bool) -> tuple[FloatArray | None, ...]:
        """The values of :meth:`list_controls` for float (None if it cannot be off), then for each candidate."""
        size = len(self.list_controls(can_be_off)) - can_be_off
        values = (
            [list(compute_scaled_rounding(limits)) for limits in self.candidates]
            if self.is_per_tensor
            else np.eye(len(self.candidates))[:, :size].tolist()
        )
        off = np.array([1.0] + [0.0] * size, np.float32) if can_be_off else None
        return off, *(np.array([0.0] * can_be_off + row, np.float32) for row in values)


def add_switched_quantizer(data: Output, quantizer: TrialQuantizer, controls: Mapping[str, Output], name: str) -> Node:
    """The quantizer on ``data``.

    Args:
        data: what it reads.
        quantizer: the quantizer.
        controls: by their names, scalars.
        name: what the names of new nodes begin with.
    """
    exact = convert_to_float(data, f"{name}/exact")
    make = _add_per_tensor if quantizer.is_per_tensor else _add_per_channel
    total = make(exact, quantizer, controls, name)
    if SHARE in controls:
        unchanged = build.multiply(exact, controls[SHARE], f"{name}/unchanged")
        total = build.add(unchanged.output(0), total.output(0), f"{name}/switched")
    return convert_like(total.output(0), data, f"{name}/typed").get_node()


def _add_per_tensor(data: Output, quantizer: TrialQuantizer, controls: Mapping[str, Output], name: str) -> Node:
    levels = quantizer.candidates[0].levels
    whole = FakeQuantizeLimits.from_range(np.array(0.0), np.array(levels - 1.0), levels)
    moved = build.subtract(data, controls["start"], f"{name}/moved")
    scaled = build.multiply(moved.output(0), controls["gain"], f"{name}/scaled")
    rounded = build.fake_quantize(scaled.output(0), whole, f"{name}/rounded")
    stepped = build.multiply(rounded.output(0), controls["step"], f"{name}/stepped")
    return build.add(stepped.output(0), controls["low"], f"{name}/back")


def _add_per_channel(data: Output, quantizer: TrialQuantizer, controls: Mapping[str, Output], name: str) -> Node:
    parts = []
    for number, limits in enumerate(quantizer.candidates):
        part = build.fake_quantize(data, limits, f"{name}/{number}")
        switch = controls.get(f"switch_{number}")
        parts.append(part if switch is None else build.multiply(part.output(0), switch, f"{name}/{number}/share"))
    total, *others = parts
    for number, part in enumerate(others, 1):
        total = build.add(total.output(0), part.output(0), f"{name}/{number}/total")
    return total
