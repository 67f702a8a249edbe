"""What to try next with a result, as commands that can be copied, the most promising first."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from openpot.measure.executed_graph import Arithmetic
from openpot.measure.side_by_side import is_lost
from openpot.report.records import QuantizationRecord, Status
from openpot.typing_aliases import JSONValue

FEW_SAMPLES = 100
"""Fewer calibration samples than this are worth a second run with more, where there are more."""
MUCH_IN_FLOAT = 0.5
MOST = 0.8
"""Share of the multiplications above which a network is one of matrix products: convolutions gain nothing from integer
weights alone."""


@dataclass(frozen=True)
class NextStep:
    """One thing to try: what it may bring, and the command or call for it."""

    reason: str
    command: str


def suggest_next_steps(record: QuantizationRecord) -> tuple[NextStep, ...]:
    """What may make a result better, or show that it is good, in the order of what it is likely to bring."""
    settings = record.settings
    steps: list[NextStep] = []
    if record.evidence is not None and record.evidence.misses_budget:
        steps.append(NextStep("let a metric decide what stays in float", _add_options(settings, {**_METRIC, **_DROP})))
    if record.status is Status.TARGET_NOT_MET and record.samples_used < FEW_SAMPLES:
        steps.append(NextStep("calibrate on more samples", _add_options(settings, {"subset_size": 300})))
    if record.examination is None and _disappoints(record):
        reason = "see which layers, tensors and samples bring the error"
        steps.append(NextStep(reason, _look_closer(settings)))
    if record.metric_after is None:
        steps.append(NextStep("measure what the answers are worth, before and after", _add_options(settings, _METRIC)))
    if _is_slower(record) and settings.get("optimize_for") is None:
        reason = "return to float what INT8 makes slower on this machine"
        steps.append(NextStep(reason, _add_options(settings, {"optimize_for": "latency"})))
    if record.work_shares.get(Arithmetic.FLOAT, 0.0) > MUCH_IN_FLOAT or record.status is Status.NOTHING_QUANTIZED:
        steps.append(NextStep("store the weights alone in a few bits: smaller, computed in float", _compress(settings)))
    elif _consists_of_products(record):
        reason = "store the weights alone in 8 bits: closer to FP32, as fast for single tokens, slower for many"
        steps.append(NextStep(reason, _compress(settings)))
    return tuple(steps)


_METRIC: Mapping[str, JSONValue] = {"metric": "accuracy"}
_DROP: Mapping[str, JSONValue] = {"max_drop": 0.01}


def _disappoints(record: QuantizationRecord) -> bool:
    misses = record.evidence is not None and record.evidence.misses_budget
    return misses or record.status is Status.TARGET_NOT_MET or any(map(is_lost, record.output_error))


def _is_slower(record: QuantizationRecord) -> bool:
    speed = record.speedup
    if speed is None:
        return False
    default = speed.over_default
    ratios = [speed.throughput, speed.latency, *([] if default is None else [default.throughput, default.latency])]
    return any(ratio.upper < 1 for ratio in ratios)


def _consists_of_products(record: QuantizationRecord) -> bool:
    """Whether most multiplications are those of matrix products, as in a language model (``docs/speed.md``)."""
    work = sum(layer.multiplications for layer in record.layers)
    return sum(layer.multiplications for layer in record.layers if layer.type == "MatMul") > MOST * work


def _add_options(settings: Mapping[str, JSONValue], changes: Mapping[str, JSONValue]) -> str:
    """The command that made the result with other options; a call in Python if no command made it."""
    command = settings.get("command")
    if isinstance(command, Sequence) and not isinstance(command, str):
        if "metric" in changes and "--annotations" not in command:
            changes = {**changes, "annotations": "LABELS"}
        options = [text for name, value in changes.items() for text in (f"--{name.replace('_', '-')}", str(value))]
        return shlex.join([*map(str, command), *options])  # the last of an option counts
    arguments = "".join(f", {name}={value!r}" for name, value in changes.items())
    return f"openpot.quantize(model, data{arguments})"


def _look_closer(settings: Mapping[str, JSONValue]) -> str:
    command = settings.get("command")
    if not isinstance(command, Sequence) or isinstance(command, str):
        return "result = openpot.examine(result, model, data)"
    words = [str(word) for word in command]
    places = [number for number, word in enumerate(words[:-1]) if word == "--output"]
    folder = words[places[-1] + 1] if places else f"{PurePath(str(settings.get('model', 'model'))).stem}-int8"
    return shlex.join(["openpot", "report", folder, "--examine"])


def _compress(settings: Mapping[str, JSONValue]) -> str:
    if settings.get("command") is None:
        return "openpot.compress_weights(model, weight_format='int8_asym')"
    return shlex.join(["openpot", "compress", str(settings.get("model", "MODEL"))])
