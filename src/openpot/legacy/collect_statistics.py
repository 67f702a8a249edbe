"""POT's ``collect_statistics``: one collector for algorithms that are then run one by one, without a pipeline."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from openpot.statistics.collector import StatisticsCollector

if TYPE_CHECKING:
    from openpot.algorithms.base import Algorithm
    from openpot.engine.base import Engine
    from openpot.graph.model import CompressedModel

logger = logging.getLogger(__name__)


def collect_statistics(engine: Engine, model: CompressedModel, algo_seq: Sequence[Algorithm]) -> None:
    """Let the algorithms register what they need, collect it on ``model`` in one go and keep it for their next run.

    Raises:
        OpenPotError: a sample of the data is unusable, or the model is.
    """
    if not algo_seq:
        return
    logger.info("Start computing statistics for algorithms : %s", ",".join(algorithm.name for algorithm in algo_seq))
    collector = StatisticsCollector(engine)
    for algorithm in algo_seq:
        algorithm.register_statistics(model, collector)
    collector.compute_statistics(model)
    logger.info("Computing statistics finished")
