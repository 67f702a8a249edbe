"""Whether the finished model keeps a limit of the output error that the user stated as a number."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

from openpot.errors import OpenPotWarning
from openpot.measure.output_distance import OutputDistance, find_worst_error

if TYPE_CHECKING:
    from openpot.config.algorithms import OutputErrorLimit

MIN_SAMPLES = 2
"""An error is a share of the variation between samples: it takes two."""


def keeps_error_limit(limit: OutputErrorLimit, distances: Sequence[OutputDistance]) -> bool:
    """Whether the limit is kept; an :class:`OpenPotWarning` says why not. See :func:`explain_missed_limit`."""
    reason = explain_missed_limit(limit, distances)
    if reason is not None:
        warnings.warn(reason, OpenPotWarning, stacklevel=3)
    return reason is None


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
