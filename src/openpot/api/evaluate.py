"""A metric of one model over a data set, with its interval."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from openpot.api.metric_evaluation import evaluate_metric
from openpot.api.run_settings import describe_machine, name_model
from openpot.data.callable_metric import make_metric
from openpot.data.metric import Metric
from openpot.data.source import open_data
from openpot.errors import ConfigError
from openpot.graph.read import read_model
from openpot.inference.model_inputs import describe_inputs
from openpot.measure.metric_change import estimate_interval
from openpot.progress import Progress, SilentProgress
from openpot.progress_display import shows_progress
from openpot.report.evaluation import Evaluation


@shows_progress
def evaluate(
    model: Any,
    data: Any,
    metric: str | Metric | Callable[[list[Any], Any], float] | None,
    *,
    higher_is_better: bool | None = None,
    example_input: Any = None,
    progress: Progress | None = None,
) -> Evaluation:
    """Measure a metric of a model, float or quantized, in exact FP32 where it is not INT8.

    Args:
        model: a path, an ``openvino.Model``, or a torch module with ``example_input``.
        data: pairs ``(sample, annotation)``: see :func:`openpot.data.source.open_data`.
        metric: as :func:`openpot.quantize` takes it.
        higher_is_better: of a function as ``metric``; it changes nothing here.
        example_input: what a torch module is called with.
        progress: is informed of how the work goes on; None shows bars on terminals and in notebooks.

    Raises:
        ModelError: the model cannot be read.
        DataError: a sample cannot be used.
        MetricError: no sample has an annotation, or a value is not a finite number.
        ConfigError: ``metric`` is none.
    """
    measure = make_metric(metric, higher_is_better)
    if measure is None:
        raise ConfigError("there is no metric to measure: give a Metric, a name such as 'accuracy', or a function")
    source = read_model(model, None, example_input)
    loader = open_data(data, describe_inputs(source))
    evaluation = evaluate_metric(source, loader, measure, progress or SilentProgress())
    intervals = {name: estimate_interval(scores) for name, scores in evaluation.scores.items()}
    return Evaluation(
        model=name_model(model, source),
        values=evaluation.values,
        intervals={name: interval for name, interval in intervals.items() if interval is not None},
        samples=evaluation.samples,
        settings=describe_machine(),
    )
