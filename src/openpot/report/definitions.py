"""What a reported figure means: one text for the help, the result, ``run.json``, the report and the documents."""

from __future__ import annotations

from collections.abc import Iterable

from openpot.measure.output_distance import OutputDistance, find_worst_error

OUTPUT_ERROR = (
    "The output error is the root of the mean squared difference between the outputs of the quantized and of the "
    "float model, as a share of the variation of the float output between samples: 0 is exact, 1 as bad as always "
    "giving the same answer. The worst output counts. The search measures it before a Softmax, Sigmoid or "
    "selection, on validation samples (calibration samples that nothing was fitted on); the result also reports it "
    "at the outputs themselves, on samples that did not calibrate as far as there are any."
)


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
