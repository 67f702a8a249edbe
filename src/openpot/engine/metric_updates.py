"""Calling the metric of a user: its errors name the samples, and its values per sample become records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from openpot.data.metric import Metric
from openpot.errors import MetricError, OpenPotError
from openpot.inference.feeds import format_sample_numbers


def update_metric(metric: Metric, output: Any, annotations: Sequence[tuple[Any, Any]]) -> bool:
    """Show one inference to the metric, unless one of its samples has no annotation.

    Args:
        metric: the metric.
        output: what ``postprocess_output`` returned.
        annotations: ``(index, annotation)`` of each sample.

    Returns:
        Whether the metric was updated.

    Raises:
        MetricError: the metric raised.
    """
    bare = [annotation for _, annotation in annotations]
    if any(annotation is None for annotation in bare):
        return False
    try:
        metric.update(output, bare)
    except (OpenPotError, MemoryError):
        raise
    except Exception as error:
        where = format_sample_numbers([index for index, _ in annotations])
        raise MetricError(f"{where}: {type(metric).__name__}.update raised {type(error).__name__}: {error}") from error
    return True


def read_average(metric: Metric) -> dict[str, Any]:
    """What the metric says over everything since its last reset, ``{name: value}``.

    Raises:
        MetricError: it raised, or says something else than values by name.
    """
    try:
        values = metric.avg_value
    except (OpenPotError, MemoryError):
        raise
    except Exception as error:
        raise MetricError(f"{type(metric).__name__}.avg_value raised {type(error).__name__}: {error}") from error
    if not isinstance(values, Mapping):
        raise MetricError(f"{type(metric).__name__}.avg_value must be {{metric_name: value}}, it is {values!r:.100}")
    return dict(values)


def make_sample_records(metric: Metric, indices: Sequence[Any]) -> list[dict[str, Any]]:
    """One record ``{'sample_id', 'metric_name', 'result'}`` for each value of each sample of the last update.

    Raises:
        MetricError: the metric tells no values per sample, or fewer than there are samples.
    """
    records = []
    for name, values in metric.value.items():
        per_sample = list(values) if isinstance(values, list | tuple) or np.ndim(values) else [values]
        if len(per_sample) < len(indices):
            raise MetricError(
                f"{format_sample_numbers(indices)}: {type(metric).__name__}.value[{name!r}] holds "
                f"{len(per_sample)} value(s), expected one for each sample of the last update"
            )
        records += [
            {"sample_id": index, "metric_name": name, "result": value}
            for index, value in zip(indices, per_sample, strict=False)
        ]
    return records
