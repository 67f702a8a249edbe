"""POT's functions on ranges, from ``algorithms.quantization.fake_quantize``, with the numbers that POT gave.

openpot's own algorithms use ``openpot.numerics.ranges``, whose floors are relative to the tensor.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from openpot.legacy.node_access import get_node_input, set_node_value
from openpot.numerics.levels import count_levels_between, find_level_bounds
from openpot.numerics.ranges import (
    POT_ASYMMETRIC_FLOOR,
    POT_SYMMETRIC_FLOOR,
    POT_SYMMETRIC_SHARE,
    align_range,
)
from openpot.scheme import QuantizationMode

if TYPE_CHECKING:
    from openpot.legacy.graph_node import GraphNode
    from openpot.typing_aliases import Array


def tune_range(a: Array, b: Array, num_bits: int) -> tuple[Array, Array]:
    """Move one end of the ranges ``a..b`` outwards so that zero is a level.

    Args:
        a: low ends, shape ``()`` or ``(channels,)``, at most 0.
        b: high ends, the same shape, at least 0.
        num_bits: width of the integer type; all its levels are used.
    """
    return align_range(np.asarray(a, np.float64), np.asarray(b, np.float64), 2**num_bits)


def tune_range_unify_zp(a: Array, b: Array, num_bits: int) -> tuple[Array, Array]:
    """The same as ``tune_range`` with one zero point for all channels, the mean of their own."""
    return align_range(np.asarray(a, np.float64), np.asarray(b, np.float64), 2**num_bits, unified_zero_point=True)


def fix_zero_filters_symmetric(max_level: Array, eps: float = POT_SYMMETRIC_SHARE) -> Array:
    """Magnitudes of shape ``()`` or ``(channels,)`` raised to ``eps`` times the largest, and to 8e-5."""
    return np.asarray(np.maximum(max_level, max(POT_SYMMETRIC_FLOOR, eps * float(np.max(max_level)))))


def fix_zero_filters_asymmetric(max_level: Array, min_level: Array, eps: float = 1e-8) -> tuple[Array, Array]:
    """Both ends of ranges not wider than 8e-4 moved apart by 8e-4 each; ``eps`` never had an effect.

    Args:
        max_level: high ends, shape ``()`` or ``(channels,)``.
        min_level: low ends, the same shape.
        eps: ignored.

    Returns:
        High ends and low ends, in this order, of shape ``(channels,)``.
    """
    del eps
    high, low = np.atleast_1d(max_level), np.atleast_1d(min_level)
    widening = np.where(high - low > POT_ASYMMETRIC_FLOOR, 0.0, POT_ASYMMETRIC_FLOOR)
    return high + widening, low - widening


def compute_levels(fq_config: Mapping[str, Any], is_weights: bool) -> int:
    """Number of levels for a configuration with ``bits``, ``mode`` and perhaps ``level_low`` and ``level_high``.

    Raises:
        ConfigError: the width is impossible or zero is not among the levels.
    """
    bounds = find_level_bounds(
        int(fq_config.get("bits") or 8),
        QuantizationMode(fq_config["mode"]),
        is_weights,
        fq_config.get("level_low"),
        fq_config.get("level_high"),
    )
    return count_levels_between(*bounds)


def fill_fake_quantize_node(
    fq: GraphNode, min_level: Array, max_level: Array, output_low: Array | None = None, output_high: Array | None = None
) -> None:
    """Write limits, of any shape that broadcasts to the data, into a FakeQuantize; output limits default to the others.

    Raises:
        ModelError: a limit of the node is not a constant.
    """
    out_low = min_level if output_low is None else output_low
    out_high = max_level if output_high is None else output_high
    for port, value in enumerate((min_level, max_level, out_low, out_high), start=1):
        set_node_value(get_node_input(fq, port), value)
