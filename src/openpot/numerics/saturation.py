"""Halved weights: 7 effective bits, so that sums of 8-bit products do not saturate.

On x86 processors without VNNI two products of an unsigned and a signed byte are added in 16 bits, which overflows for
large weights. Storing half the weights under the same input limits uses half the levels; doubled output limits make up
for it, and the layer computes what it did before, at half the resolution of its weights.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from openpot.numerics.fake_quantize import FakeQuantizeLimits
from openpot.typing_aliases import Array

SATURATION_FACTOR = 2.0


def halve_weights(weights: Array, limits: FakeQuantizeLimits) -> tuple[Array, FakeQuantizeLimits]:
    """Weights of any shape divided by two in their own type, and limits with the output range doubled to match."""
    halved = (weights / SATURATION_FACTOR).astype(np.asarray(weights).dtype)
    doubled = dataclasses.replace(
        limits, output_low=limits.output_low * SATURATION_FACTOR, output_high=limits.output_high * SATURATION_FACTOR
    )
    return halved, doubled
