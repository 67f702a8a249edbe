"""Whether the finished model keeps a limit of the output error, or of its latency, that the user stated as a number."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

from openpot.errors import OpenPotWarning
from openpot.measure.output_distance import OutputDistance, find_worst_error

if TYPE_CHECKING:
    from openpot.config.algorithms import DefaultQuantizationConfig, OutputErrorLimit
    from openpot.config.latency_goal import LatencyGoal
    from openpot.search.latency_curve import LatencyCurve

NO_CURVE = (
    "the latency that was asked for is not known to be met: times and outputs of models could not be compared; give "
    "samples of a single model, six at least"
)
MIN_SAMPLES = 2
"""An error is a share of the variation between samples: it takes two."""


def keeps_error_limit(limit: OutputErrorLimit, distances: Sequence[OutputDistance]) -> bool:
    """Whether the limit is kept; an :class:`OpenPotWarning` says why not. See :func:`explain_missed_limit`."""
    reason = explain_missed_limit(limit, distances)
    if reason is not None:
        warnings.warn(reason, OpenPotWarning, stacklevel=3)
    return reason is None


def keeps_limits(
    config: DefaultQuantizationConfig, distances: Sequence[OutputDistance], curve: LatencyCurve | None
) -> bool:
    """Whether both limits are kept, that of the output error and that of the latency."""
    keeps_error = keeps_error_limit(config.max_output_error, distances)
    return keeps_latency_goal(config.latency_goal, curve) and keeps_error


def keeps_latency_goal(goal: LatencyGoal, curve: LatencyCurve | None) -> bool:
    """Whether the latency that was asked for is kept; an :class:`OpenPotWarning` says why not."""
    if curve is not None and (curve.is_met or not goal.is_stated):
        return True
    if curve is None and not goal.is_stated:
        return True
    reason = NO_CURVE if curve is None else curve.summary
    warnings.warn(reason, OpenPotWarning, stacklevel=3)
    return False


def explain_missed_limit(limit: OutputErrorLimit, distances: Sequence[OutputDistance]) -> str | None:
    """Why the limit is not kept, or cannot be shown to be; None if it is kept, or none was stated.

    ``auto`` is no promise: it decides what is reverted to float.

    Args:
        limit: the ``max_output_error`` of the user.
        distances: the outputs of the finished model, from FP32.
    """
    if limit is None or limit == "auto" or math.isinf(limit):
        return None
    compared = max((distance.samples for distance in distances), default=0)
    if compared < MIN_SAMPLES:
        return (
            f"max_output_error {limit:g} is not met: outputs were compared on {compared} sample(s), and the error is a "
            f"share of their variation between at least {MIN_SAMPLES}; give more samples"
        )
    error = find_worst_error(distances)
    if error <= limit:
        return None
    return (
        f"max_output_error {limit:g} is not met: the error of the worst output is {error:.3g}; give more samples, let "
        "more operations stay in float (ignored_scope), or allow more"
    )
