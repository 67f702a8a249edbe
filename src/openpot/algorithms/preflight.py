"""What can be known to fail before any time is spent."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from openpot.algorithms.calibrated import CalibratedAlgorithm
from openpot.engine.direct_engine import find_direct_engine
from openpot.errors import ConfigError, EngineError
from openpot.graph.runnable_model import require_runnable
from openpot.measure.memory_forecast import require_memory
from openpot.statistics.calibration_subset import count_samples

if TYPE_CHECKING:
    from openpot.algorithms.base import Algorithm
    from openpot.engine.base import Engine
    from openpot.graph.model import CompressedModel

logger = logging.getLogger(__name__)


def check_before_run(engine: Engine | None, model: CompressedModel, algorithms: Sequence[Algorithm]) -> None:
    """Refuse a run that cannot end well.

    The first sample is looked at when calibration starts, not here: there are data loaders whose samples can be taken
    once only. The device was checked when the engine was made, the parameters when the algorithms were.

    Raises:
        ConfigError: statistics are needed and there is no engine.
        EngineError: the engine cannot run cascades, or has no data.
        DataError: the data set is empty.
        ModelError: no sample can be run on the model.
        OutOfMemoryError: it takes more memory than there is.
    """
    if not any(isinstance(algorithm, CalibratedAlgorithm) and algorithm.needs_data for algorithm in algorithms):
        return
    if engine is None:
        raise ConfigError("these algorithms calibrate on data: pass an engine to create_pipeline")
    if model.is_cascade and find_direct_engine(engine) is not None:
        raise EngineError(
            f"{type(engine).__name__} runs single models, and {model.name!r} is a cascade of {len(model.members)}: how "
            "its members feed each other is for you to say, as stages of openpot.CascadeEngine or in an engine of "
            "your own (a subclass of Engine with set_model and predict)"
        )
    for member in model.members:
        require_runnable(member.model, _collect_ignored(algorithms))
        require_memory(member.model)
    available = count_samples(engine)
    wanted = max(_count_requested(algorithm) for algorithm in algorithms)
    if available is not None and wanted > available:
        logger.warning("the data set has %d samples: all calibrate, where %d could (subset_size)", available, wanted)


def _collect_ignored(algorithms: Sequence[Algorithm]) -> set[str]:
    """Names of operations that an algorithm leaves in float."""
    scopes = [getattr(getattr(algorithm, "settings", None), "ignored", None) for algorithm in algorithms]
    return {name for ignored in scopes if ignored is not None for name in ignored.select_for().scope}


def _count_requested(algorithm: Algorithm) -> int:
    subset = algorithm.calibration_subset()
    return 0 if subset is None else subset.num_samples or 0
