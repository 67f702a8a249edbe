"""What the algorithms of a pipeline calibrate on: the data of the engine, or sequences of steps made of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from openpot.algorithms.calibrated import CalibratedAlgorithm
from openpot.engine.direct_engine import find_direct_engine
from openpot.inference.streams import ensure_sequences, warn_of_single_steps

if TYPE_CHECKING:
    from openpot.algorithms.base import Algorithm
    from openpot.engine.base import Engine
    from openpot.graph.model import CompressedModel


@contextmanager
def reading_sequences(engine: Engine | None, model: CompressedModel, algorithms: Sequence[Algorithm]) -> Iterator[None]:
    """Meanwhile the engine reads sequences where a model with a state is given single steps.

    Metrics are those of the samples as they are, so algorithms that evaluate them are only warned about.
    """
    direct = find_direct_engine(engine, model)
    calibrated = [each for each in algorithms if isinstance(each, CalibratedAlgorithm) and each.needs_data]
    if direct is None or len(calibrated) < len(algorithms):
        yield
        return
    graph, loader = model.members[0].model, direct.data_loader
    if any(algorithm.evaluates_metric for algorithm in calibrated):
        warn_of_single_steps(graph, loader)
        yield
        return
    with direct.reading(ensure_sequences(graph, loader)):
        yield
