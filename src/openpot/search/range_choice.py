"""Average or widest ranges for activations: whichever keeps the outputs of the network closer to float.

POT limits a tensor to the mean of the extremes of each inference. That clips rare large values, which is right for some
networks and ruins others (super-resolution ends below bicubic interpolation); the widest range seen is coarser and
clips nothing. No rule is right for all, and the extremes alone do not tell. So both candidates run on a few calibration
items, beside the float model, and the smaller error of the worst output decides. Networks whose ranges hardly vary
between items skip this.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from openpot.engine.compare_outputs import compare_candidates
from openpot.engine.output_distance import OutputDistance
from openpot.numerics.fake_quantize import FakeQuantizeLimits
from openpot.rewrites.set_limits import set_limits

if TYPE_CHECKING:
    from openpot.graph.types import Model

SAME_RANGE = 1.05
"""Widest ranges at most so many times the average ones are not worth a trial: the step changes by less than 5 %."""


@dataclass(frozen=True)
class RangeChoice:
    """Which ranges the activations got.

    Attributes:
        rule: ``average`` or ``widest``.
        errors: rule -> error of the worst output, as a share of its variation between items; empty where nothing was
            tried.
        inferences: items that each candidate was judged on.
        reason: why, in a sentence.
    """

    rule: str
    reason: str
    errors: Mapping[str, float]
    inferences: int = 0


def choose_ranges(
    reference: Model,
    model: Model,
    average: Mapping[str, FakeQuantizeLimits],
    widest: Mapping[str, FakeQuantizeLimits],
    feeds: Sequence[Any],
    device: str = "CPU",
) -> RangeChoice:
    """Give the quantizers of ``model`` the better of two sets of limits.

    Args:
        reference: the float model.
        model: the quantized model, with the average limits; changed in place where the widest win.
        average: name of a FakeQuantize -> its limits now.
        widest: the same operations with the widest limits seen.
        feeds: inputs of the inferences that judge, see :func:`openpot.engine.compare_outputs.compare_candidates`.
        device: where to run.

    Raises:
        ModelError: a model cannot be compiled.
        EngineError: an inference failed.
    """
    ratio = largest_ratio(average, widest)
    if ratio <= SAME_RANGE:
        return RangeChoice("average", f"the ranges of all items agree within a factor of {ratio:.2f}", {})
    wide_model = model.clone()
    set_limits(wide_model, widest)
    found = compare_candidates(reference, (model, wide_model), feeds, device)
    errors = {rule: worst_error(distances) for rule, distances in zip(("average", "widest"), found, strict=True)}
    rule = "widest" if errors["widest"] < errors["average"] else "average"
    if rule == "widest":
        set_limits(model, widest)
    shown = ", ".join(f"{name} {error:.4f}" for name, error in errors.items())
    reason = f"{rule} ranges have the smaller output error on {len(feeds)} calibration items ({shown})"
    return RangeChoice(rule, reason, errors, len(feeds))


def worst_error(distances: Sequence[OutputDistance]) -> float:
    """Error of the worst output, as a share of its variation between items; outputs that do not vary do not count."""
    return max((seen.relative for seen in distances if seen.relative is not None), default=0.0)


def largest_ratio(average: Mapping[str, FakeQuantizeLimits], widest: Mapping[str, FakeQuantizeLimits]) -> float:
    """How many times wider the widest limits are than the average ones, at most."""
    ratios = [
        float(np.max((wide.input_high - wide.input_low) / (own.input_high - own.input_low)))
        for own, wide in ((average[name], limits) for name, limits in widest.items())
    ]
    return max(ratios, default=1.0)
