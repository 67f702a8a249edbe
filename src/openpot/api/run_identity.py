"""What a run is about, so that records of another one are not used: see :mod:`openpot.run_folder`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from openpot.data.data_identity import identify_data
from openpot.data.metric_identity import identify_metric
from openpot.graph.model_digest import model_digest
from openpot.measure.environment import list_versions
from openpot.measure.instruction_set import detect_instruction_set

if TYPE_CHECKING:
    from pydantic import BaseModel

    from openpot.data.loader import DataLoader
    from openpot.data.metric import Metric
    from openpot.graph.types import Model
    from openpot.typing_aliases import JSONValue

ISA_LIMIT = "ONEDNN_MAX_CPU_ISA"
"""The variable of the environment that makes oneDNN compute as an older processor does."""


def identify_run(
    source: Model,
    loaders: Mapping[str, DataLoader],
    config: BaseModel,
    metric: Metric | None = None,
    metric_values: Mapping[str, Any] | None = None,
) -> dict[str, JSONValue]:
    """All that the result of a run depends on, by part.

    Args:
        source: the float model.
        loaders: the data, by what they serve for.
        config: the options.
        metric: what measures, if anything does.
        metric_values: of the float model on a few samples: they tell metrics apart whose code is the same.
    """
    measured = {name: repr(value) for name, value in (metric_values or {}).items()}
    return {
        "versions": {**list_versions()},
        "processor": {**asdict(detect_instruction_set()), ISA_LIMIT: os.environ.get(ISA_LIMIT)},
        "model": model_digest(source),
        "data": {purpose: {**identify_data(loader)} for purpose, loader in loaders.items()},
        "settings": config.model_dump(mode="json"),
        "metric": None if metric is None else {"code": identify_metric(metric), "values": {**measured}},
    }
