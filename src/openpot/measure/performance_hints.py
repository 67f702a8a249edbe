"""Whether a quantized model computes what it was judged by under the settings that users run it with.

A model is judged with its quantizers simulated in float. The kernels that a device takes instead depend on the
performance hint, because that decides about streams and threads, and a fault of one of them shows only there.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from openpot.errors import EngineError, ModelError
from openpot.inference.compile import NO_INT8_KERNELS, REFERENCE_PROPERTIES, compile_model
from openpot.inference.feeds import Feed
from openpot.inference.infer_queue import choose_request_count
from openpot.measure.compare_outputs import add_outputs, infer_outputs, make_accumulators
from openpot.measure.output_distance import find_worst_error
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.types import Model

USERS_SETTINGS: Mapping[str, Mapping[str, str]] = {
    "LATENCY": {"PERFORMANCE_HINT": "LATENCY"},
    "THROUGHPUT": {"PERFORMANCE_HINT": "THROUGHPUT"},
    "ACCURACY": {"EXECUTION_MODE_HINT": "ACCURACY"},
}
"""What users compile a model with, by what they call it; everything else is the device's own choice."""

FAR = 0.3
"""An error up to here is no fault of the runtime: 8-bit sums that saturate and bfloat16 change outputs by less."""
TIMES_AS_FAR = 3.0
"""Nor is one of up to so many times the error that was judged, or that the float model has with the same setting."""

COMPILED_AT_ONCE = 2
"""Compiling takes one processor, and machines have more; each compiled model takes memory."""


@dataclass(frozen=True)
class FarOutputs:
    """A setting under which the outputs are not those that were judged.

    Attributes:
        setting: a key of ``USERS_SETTINGS``.
        error: of the worst output, as a share of its variation between samples; infinite if there are no outputs.
        judged: the error with the quantizers simulated in float.
        failure: why there are no outputs, where the device cannot compile or run the model; empty elsewhere.
    """

    setting: str
    error: float
    judged: float
    failure: str = ""


class SettingsCheck:
    """A float model on a few samples, and quantized ones beside it.

    Args:
        reference: the float model.
        feeds: inputs of the samples, by number.
        device: where to run.
        judged: the error of the quantized model, where it is known: what is not much larger is no fault.
    """

    def __init__(
        self, reference: Model, feeds: Sequence[Mapping[int, Array]], device: str, judged: float = 0.0
    ) -> None:
        self._reference, self._device = reference, device
        self._near = max(FAR, TIMES_AS_FAR * judged) if math.isfinite(judged) else FAR
        self._feeds = [Feed(number, (number,), feed) for number, feed in enumerate(feeds)]
        self._in_float: dict[str, float] = {}

    @cached_property
    def _expected(self) -> list[list[Array]]:
        return self._infer_outputs(self._reference, REFERENCE_PROPERTIES)

    def find_far(self, model: Model, settings: Iterable[str] = tuple(USERS_SETTINGS)) -> tuple[FarOutputs, ...]:
        """The settings under which a quantized model, as it is saved, does not compute what was judged.

        Where the device cannot compile or run the model with a setting, that is a fault unless the float model fails
        there too.

        Raises:
            ModelError: the device cannot compile the float model, or the other one with its quantizers simulated.
            EngineError: an inference of these failed.
        """
        asked = tuple(settings)
        with ThreadPoolExecutor(COMPILED_AT_ONCE) as executor:
            expected = executor.submit(lambda: self._expected)
            runs = [executor.submit(self._try_inferring, model, setting) for setting in asked]
        expected.result()
        outcomes = [self._measure_run(model, *run.result()) for run in runs]
        suspects = [
            (setting, *outcome) for setting, outcome in zip(asked, outcomes, strict=True) if outcome[0] > self._near
        ]
        if not suspects:
            return ()
        judged = self._measure_error(model, self._infer_outputs(model, REFERENCE_PROPERTIES, NO_INT8_KERNELS))
        return tuple(
            FarOutputs(setting, error, judged, failure)
            for setting, error, failure in suspects
            if (failure or error > TIMES_AS_FAR * judged) and self._is_worse_than_float(error, setting)
        )

    def _is_worse_than_float(self, error: float, setting: str) -> bool:
        """Whether the float model with this setting, in bfloat16 where it means that, runs and is much closer."""
        if setting not in self._in_float:
            run = self._try_inferring(self._reference, setting)
            self._in_float[setting], _ = self._measure_run(self._reference, *run)
        in_float = self._in_float[setting]
        return in_float < math.inf and error > TIMES_AS_FAR * in_float

    def _try_inferring(self, model: Model, setting: str) -> tuple[list[list[Array]], str]:
        """The outputs with a setting; none, with the reason, where the device cannot compile or run the model."""
        try:
            return self._infer_outputs(model, USERS_SETTINGS[setting]), ""
        except (ModelError, EngineError) as failure:
            return [], str(failure)

    def _measure_run(self, model: Model, outputs: list[list[Array]], failure: str) -> tuple[float, str]:
        return (math.inf if failure else self._measure_error(model, outputs)), failure

    def _measure_error(self, model: Model, outputs: list[list[Array]]) -> float:
        accumulators = make_accumulators(self._reference, model)
        add_outputs(accumulators, self._expected, outputs)
        return find_worst_error([accumulator.compute_distance() for accumulator in accumulators])

    def _infer_outputs(
        self, model: Model, properties: Mapping[str, object], hints: Mapping[str, object] | None = None
    ) -> list[list[Array]]:
        compiled = compile_model(model, self._device, properties, hints)
        return infer_outputs(compiled, self._feeds, choose_request_count(compiled))
