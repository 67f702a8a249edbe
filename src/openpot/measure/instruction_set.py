"""What INT8 arithmetic the processor has.

Processors of the x86 family without VNNI or AMX multiply 8-bit numbers in pairs and add the two products in 16 bits,
which can overflow: 255 * 127 + 255 * 127 does not fit. Weights are then quantized to half their range where that
matters. Names of instruction sets are not looked up: a convolution that would overflow is run and its result looked at.
"""

from __future__ import annotations

import platform
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from openpot.graph import build
from openpot.inference.compile import compile_model, get_runtime
from openpot.numerics.fake_quantize import FakeQuantizeLimits
from openvino import opset13 as op

_CHANNELS = 64
_INPUT, _WEIGHT = 255.0, 127.0


@dataclass(frozen=True)
class InstructionSet:
    """The processor that ran something: numbers may differ slightly from one to another.

    Attributes:
        machine: family, as Python calls it (``x86_64``, ``arm64``...).
        processor: its own name.
        capabilities: types that it computes with, as the runtime tells (``FP32``, ``INT8``, ``BF16``...).
        int8_saturation: whether sums of INT8 products can overflow.
    """

    machine: str
    processor: str
    capabilities: tuple[str, ...]
    int8_saturation: bool


@lru_cache(maxsize=1)
def detect_instruction_set() -> InstructionSet:
    """The processor of this machine."""
    return InstructionSet(
        machine=platform.machine(),
        processor=str(get_runtime().get_property("CPU", "FULL_DEVICE_NAME")).strip(),
        capabilities=tuple(str(name) for name in get_runtime().get_property("CPU", "OPTIMIZATION_CAPABILITIES")),
        int8_saturation=has_int8_saturation(),
    )


@lru_cache(maxsize=1)
def has_int8_saturation() -> bool:
    """Whether sums of INT8 products overflow on this processor: True on x86 without VNNI and AMX.

    Tried once in each process, in less than a tenth of a second.
    """
    return compute_overflowing_sum() < 0.99 * _CHANNELS * _INPUT * _WEIGHT


def has_slow_int8_products() -> bool:
    """Whether INT8 products of matrices are no faster than float ones on this processor.

    That is so without VNNI and AMX: the kernels that add products in pairs were measured at 0.8 to 1.25 times the speed
    of float (:mod:`openpot.placement.matrix_products`), while convolutions gain up to four times.
    """
    return has_int8_saturation()


def compute_overflowing_sum() -> float:
    """The result of an INT8 convolution of 64 channels whose inputs are all 255 and whose weights are all 127."""
    data = build.parameter([1, _CHANNELS, 4, 4], "f32", "data")
    quantized = build.fake_quantize(data.output(0), _make_limits(0.0, _INPUT, 256), "quantized")
    weights = build.constant(np.full((32, _CHANNELS, 1, 1), _WEIGHT, np.float32), "weights")
    quantized_weights = build.fake_quantize(
        weights.output(0), _make_limits(-_WEIGHT, _WEIGHT, 255), "quantized_weights"
    )
    product = op.convolution(quantized, quantized_weights, [1, 1], [0, 0], [0, 0], [1, 1], name="product")
    model = build.model([build.result(product.output(0), "sum")], [data], "overflow")
    compiled = compile_model(model, "CPU")
    result = compiled(np.full((1, _CHANNELS, 4, 4), _INPUT, np.float32))
    return float(result[0].min())


def _make_limits(low: float, high: float, levels: int) -> FakeQuantizeLimits:
    lowest, highest = (np.full((1, 1, 1, 1), end, np.float32) for end in (low, high))
    return FakeQuantizeLimits(lowest, highest, lowest, highest, levels)
