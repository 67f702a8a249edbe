"""What a reported figure means: one text for the help, the result, ``run.json``, the report and the documents."""

from __future__ import annotations

from collections.abc import Iterable

from openpot.measure.output_distance import OutputDistance, find_worst_error
from openpot.report.records import MetricSamples, QuantizationRecord

OUTPUT_ERROR = (
    "The output error is the root of the mean squared difference between the outputs of the quantized and of the "
    "float model, as a share of the variation of the float output between samples: 0 is exact, 1 as bad as always "
    "giving the same answer. Of labels and of rows that were selected it is the share that differs; where an output is "
    "read by its largest values, a third of what these change by counts too. The worst output counts. The search "
    "measures it before a Softmax, Sigmoid or selection, on validation samples (calibration samples that nothing was "
    "fitted on); the result also reports it at the outputs themselves, on samples that did not calibrate as far as "
    "there are any."
)
OUTPUT_ERROR_IN_SHORT = "as a share of their variation between samples: 0 is exact, 1 as bad as a constant answer"

DROP = (
    "The drop of a metric is by how much it is worse than that of the float model, on samples that nothing was "
    "computed from: the validation data, or a part of the data that is held out. Its 95 % interval says where the "
    "drop on other samples of the same kind lies (paired bootstrap over samples: each is drawn with what both models "
    "make of it; for metrics that are no mean over samples, over 20 groups of them). It is met if the whole interval "
    "is within what is allowed, not met if all of it is beyond, and otherwise not certain with so many samples."
)


def describe_samples(record: QuantizationRecord) -> str:
    """What the metric was measured on: ``over 50 held-out samples (50% of the data)``."""
    samples = f"over {record.metric_samples}"
    if record.metric_measured_on is MetricSamples.HELD_OUT and record.held_out_share is not None:
        return f"{samples} held-out samples ({record.held_out_share:.0%} of the data)"
    if record.metric_measured_on is MetricSamples.GIVEN:
        return f"{samples} samples of the validation data"
    if record.metric_measured_on is MetricSamples.CALIBRATED:
        return f"{samples} samples that calibrated too: other samples may say otherwise"
    return f"{samples} samples"


def describe_compared(samples: int, held_out: int | None) -> str:
    """Where outputs were compared, and on what samples, in words."""
    place = f"at the outputs themselves, on {samples} samples"
    if held_out is None:
        return place
    if held_out == 0:
        return f"{place}, all of which the result was made with"
    if held_out == samples:
        return f"{place} that nothing was computed from"
    return f"{place}, {held_out} of which nothing was computed from"


def describe_search_error(error: float, limit: float | None, place: str, samples: int) -> str:
    """The error that the search judged, where, on what, and whether that is within the limit."""
    kept = "no limit" if limit is None else f"limit {limit:.4f}: {'kept' if error <= limit else 'NOT KEPT'}"
    return f"the search judged {error:.4f} {place}, on {samples} calibration samples ({kept})"


def explain_difference(limit: float | None, error: float, place: str, outputs: Iterable[OutputDistance]) -> str | None:
    """Why the error at the outputs may be above a limit that the search kept; None where it is not."""
    at_outputs = find_worst_error(tuple(outputs))
    if limit is None or not error <= limit < at_outputs:
        return None
    return (
        f"at the outputs themselves it is {at_outputs:.4f}, above the limit, which holds {place} and on those samples"
    )
