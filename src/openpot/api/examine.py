"""A closer look at a result, for its report: ``openpot.examine``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from openpot.api.examination_findings import add_findings
from openpot.data.source import open_data
from openpot.examination.examine import examine_result
from openpot.graph.read import read_model
from openpot.inference.model_inputs import describe_inputs
from openpot.inference.streams import ensure_sequences
from openpot.report.reported_warnings import reported_warnings

if TYPE_CHECKING:
    from openpot.report.quantization_result import QuantizationResult


def examine(result: QuantizationResult, model: Any, data: Any, example_input: Any = None) -> QuantizationResult:
    """The same result with a closer look at it in ``examination``, for its report and ``run.json``.

    That is: values and ranges of quantized tensors with what is clipped, errors of layers (by weights, by input,
    gathered), times of layers and conversions between them, the worst samples, and what the samples hold. It takes
    about five compilations and as many passes over a few samples, and is therefore not part of every run.

    Args:
        result: of :func:`openpot.quantize`.
        model: what was quantized, as it was given there.
        data: samples, as they were given there.
        example_input: of a torch module, as it was given there.

    Raises:
        OpenPotError: the model or the data cannot be read.
    """
    source = read_model(model, None, example_input)
    samples = ensure_sequences(source, open_data(data, describe_inputs(source)))
    layers = [layer.operation for layer in result.layers]
    with reported_warnings() as reported:
        look = examine_result(source, result.model, samples, range(len(samples)), layers, result.plan.target_device)
    return replace(
        result,
        examination=look,
        findings=add_findings(result.findings, look),
        warnings=tuple(dict.fromkeys((*result.warnings, *reported.texts))),
        failed_stages=(*result.failed_stages, *reported.failed_stages),
    )
