"""What a reported figure was measured on and where, in words: for the result, ``run.json`` and the report."""

from __future__ import annotations

from collections.abc import Iterable

from openpot.measure.output_distance import OutputDistance, find_worst_error
from openpot.report.records import MetricSamples, QuantizationRecord


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
