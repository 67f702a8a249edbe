"""What is reported about a quantized model besides the model itself: frozen records, made elsewhere, rendered here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from openpot.measure.default_precision import DefaultPrecision
from openpot.measure.executed_graph import Arithmetic
from openpot.measure.metric_change import MetricChange
from openpot.measure.output_distance import OutputDistance
from openpot.measure.speed import SpeedResult
from openpot.placement.plan import QuantizationPlan
from openpot.search.accuracy_records import EvaluationRecord
from openpot.search.evidence import Evidence
from openpot.search.latency_curve import LatencyCurve
from openpot.typing_aliases import JSONValue

if TYPE_CHECKING:
    from openpot.examination.records import Examination

ROUNDING = 1e-6


class Status(StrEnum):
    """How a quantization ended."""

    DONE = "done"
    DONE_IN_PART = "done in part"
    """The result can be used, but a stage failed that would have improved or checked it."""
    NOTHING_QUANTIZED = "nothing quantized"
    TARGET_NOT_MET = "target not met"
    TARGET_NOT_CERTAIN = "target not certain"
    """The metric kept the drop on the validation samples, which are too few to say so of others."""
    NOT_TO_BE_USED = "not to be used"
    """The device computes wrong outputs with a setting that users run models with; operations in float do not help."""

    @property
    def is_success(self) -> bool:
        """Whether there is a quantized model as it was asked for."""
        return self in (Status.DONE, Status.DONE_IN_PART, Status.TARGET_NOT_CERTAIN)


class MetricSamples(StrEnum):
    """Which samples a metric was measured on."""

    GIVEN = "validation data"
    HELD_OUT = "held-out samples"
    CALIBRATED = "samples that calibrated too"


@dataclass(frozen=True)
class FailedStage:
    """A stage that failed without ending the run, and the reason."""

    stage: str
    reason: str


class Severity(StrEnum):
    """How much a finding matters."""

    NOTE = "note"
    """It costs little, or is only worth knowing."""
    WARNING = "warning"
    """It is likely to cost accuracy or speed."""
    ERROR = "error"
    """The result is not what was meant."""


@dataclass(frozen=True)
class Finding:
    """A likely cause of a result that disappoints, with its figures, how much it matters, and what to do about it."""

    text: str
    remedy: str
    severity: Severity = Severity.WARNING


@dataclass(frozen=True)
class LayerRecord:
    """What became of one operation that does multiply-accumulate work.

    Attributes:
        operation: its full name.
        type: of the operation.
        precision: the type that the device really computes it in (``i8``, ``f32``...); None where that is not known.
        is_integer: whether it computes in INT8.
        reason: why it is as it is.
        arithmetic: whether that is INT8, float with integer weights, or float; None if the device is not here.
        multiplications: about how many it makes in one inference.
        kernel: implementation that the device takes for it (``brgconv_avx512_I8``...); None where that is not known.
    """

    operation: str
    type: str
    precision: str | None
    is_integer: bool
    reason: str
    arithmetic: Arithmetic | None = None
    multiplications: float = 0.0
    kernel: str | None = None


class Outcome(str):
    """Whether a target is met, in words; true only as ``met``."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return str(self) == "met"


@dataclass(frozen=True, kw_only=True)
class DropRecord:
    """Whether a metric was kept as ``max_drop`` asks for.

    Attributes:
        allowed: by how much each value may be worse than that of the float model.
        drops: by how much it is; empty if that could not be computed.
        explanation: how the search ended, in a sentence.
        evaluations: how many quantized models were evaluated.
        in_float: operations that were reverted to float for the metric.
        intervals: the 95 % interval of each drop (paired bootstrap over samples), where it is known.
        samples: how many samples the drops were measured on.
        tried: the models that the search evaluated, in order, on its own samples.
    """

    allowed: Mapping[str, float]
    drops: Mapping[str, float]
    explanation: str
    evaluations: int = 0
    in_float: tuple[str, ...] = ()
    intervals: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    samples: int = 0
    tried: tuple[EvaluationRecord, ...] = ()

    @property
    def is_met(self) -> Outcome:
        """``met``, ``not met`` or ``not certain with n samples``.

        Met: the interval of every drop lies within its limit. Not met: that of one lies beyond it. Without an interval
        the drop itself counts.
        """
        if not self.drops:  # the metric of the quantized model could not be computed
            return Outcome("not met")
        if any(self._find_interval(name)[0] > limit for name, limit in self._limits.items()):
            return Outcome("not met")
        if all(self._find_interval(name)[1] <= limit for name, limit in self._limits.items()):
            return Outcome("met")
        return Outcome(f"not certain with {self.samples} samples")

    @property
    def is_within(self) -> bool:
        """Whether every drop, as it was measured, is within its limit."""
        return bool(self.drops) and all(self.drops[name] <= limit for name, limit in self._limits.items())

    @property
    def _limits(self) -> dict[str, float]:
        """What is allowed, and what floating-point numbers may be wrong by: 0.70 - 0.69 is more than 0.01."""
        return {name: allowed + ROUNDING * max(abs(allowed), 1e-3) for name, allowed in self.allowed.items()}

    def _find_interval(self, name: str) -> tuple[float, float]:
        return self.intervals.get(name, (self.drops[name], self.drops[name]))


@dataclass(frozen=True, kw_only=True, eq=False)
class QuantizationRecord:
    """What is known about a quantized model.

    Attributes:
        plan: what was quantized how, and what was not and why.
        status: how it ended.
        metric_before: values of the metric for the FP32 model; None without a metric.
        metric_after: the same for the INT8 model.
        metric_samples: number of samples that the metric saw.
        metric_measured_on: which samples these are.
        held_out_share: which share of the data was held out for the metric; None where nothing was.
        metric_change: by how much each value changed, with its 95 % interval.
        drop: whether the metric was kept; None if no ``max_drop`` was stated.
        output_error: distance of each output from FP32.
        compared_held_out: on how many of the compared samples the result does not rest; None if that is not known.
        size_before: bytes of all constants of the model as it was given.
        size_after: bytes of all constants of the INT8 model.
        speedup: speed against FP32; None if the target device is not here, or nothing was timed.
        default_precision: what the precision does that the device chooses by default; None where that is f32.
        layers: what the device runs in INT8 and what not.
        evidence: what the outputs decided about ranges, bias shifts and precision; None where they were not asked.
        samples_used: number of samples that calibrated.
        warnings: what the user should know.
        failed_stages: what failed without ending the run.
        findings: likely causes of a result that disappoints.
        settings: how the result was made, versions included.
        examination: a closer look at tensors, layers and samples; None where it was not asked for.
        curve: quality against latency, with the point that was chosen; None where times were not asked.
    """

    plan: QuantizationPlan
    status: Status
    size_before: int
    size_after: int
    samples_used: int
    metric_before: Mapping[str, float] | None = None
    metric_after: Mapping[str, float] | None = None
    metric_samples: int = 0
    metric_measured_on: MetricSamples | None = None
    held_out_share: float | None = None
    metric_change: Mapping[str, MetricChange] = field(default_factory=dict)
    drop: DropRecord | None = None
    output_error: tuple[OutputDistance, ...] = ()
    compared_held_out: int | None = None
    speedup: SpeedResult | None = None
    default_precision: DefaultPrecision | None = None
    layers: tuple[LayerRecord, ...] = ()
    evidence: Evidence | None = None
    warnings: tuple[str, ...] = ()
    failed_stages: tuple[FailedStage, ...] = ()
    findings: tuple[Finding, ...] = ()
    settings: Mapping[str, JSONValue] = field(default_factory=dict)
    examination: Examination | None = None
    curve: LatencyCurve | None = None

    @property
    def work_shares(self) -> Mapping[Arithmetic, float]:
        """Share of the multiplications that is made in INT8, with integer weights alone, and in float.

        Empty where the device is not here, or nothing multiplies. If they do not add up to 1, the rest is of layers
        that were prepared for INT8 and that the executed graph does not name.
        """
        total = sum(layer.multiplications for layer in self.layers)
        if not total or all(layer.arithmetic is None for layer in self.layers):
            return {}
        return {
            kind: sum(layer.multiplications for layer in self.layers if layer.arithmetic == kind) / total
            for kind in Arithmetic
        }
