"""What the precision that a device chooses by default does to the outputs: on many processors that is not f32."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from openpot.inference.compile import read_default_precision
from openpot.measure.compare_outputs import compare_candidates
from openpot.measure.output_distance import find_worst_error

if TYPE_CHECKING:
    from openpot.graph.types import Model

BY_DEFAULT: dict[str, object] = {}
"""Properties of a model that is compiled as users compile it."""


@dataclass(frozen=True)
class DefaultPrecision:
    """How far outputs are from FP32 where the device chooses the precision.

    Attributes:
        name: of the type that it chooses for float operations: ``bf16``, ``f16``...
        float_error: output error of the float model.
        int8_error: output error of the INT8 model, whose float operations are in this type then.
        samples: how many were compared.
    """

    name: str
    float_error: float
    int8_error: float
    samples: int


def measure_default_precision(
    fp32: Model, int8: Model, feeds: Sequence[Any], device: str = "CPU"
) -> DefaultPrecision | None:
    """Run both models as users do beside exact FP32; None where the device computes in f32 by default.

    Args:
        fp32: the float model.
        int8: the quantized one.
        feeds: inputs of inferences, as :func:`openpot.measure.compare_outputs.compare_outputs` takes them.
        device: where to run.

    Raises:
        DataError: there are no feeds.
        ModelError: a model cannot be compiled.
        EngineError: an inference failed.
    """
    name = read_default_precision(device)
    if name == "f32":
        return None
    errors = [
        find_worst_error(distances)
        for distances in compare_candidates(fp32, [(fp32, BY_DEFAULT), (int8, BY_DEFAULT)], feeds, device)
    ]
    return DefaultPrecision(name, errors[0], errors[1], len(feeds))
