"""How a run is carried out; its result does not depend on that."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from openpot.api.metric_check import warn_if_not_reproducible
from openpot.api.run_identity import identify_run
from openpot.current_run import CurrentRun, current_run, running
from openpot.progress import Progress, SilentProgress
from openpot.run_folder import recording_run
from openpot.workers import Workers

if TYPE_CHECKING:
    from openpot.api.split_data import SplitData
    from openpot.config.algorithms import DefaultQuantizationConfig
    from openpot.data.metric import Metric
    from openpot.graph.types import Model
    from openpot.typing_aliases import StrPath


@dataclass(frozen=True, eq=False)
class Execution:
    """How a run is carried out.

    Attributes:
        progress: is informed.
        timing: whether both models are timed.
        run_folder: takes records of finished steps; None for none.
        executor: what works for the run as well; None for nothing.
    """

    progress: Progress = field(default_factory=SilentProgress)
    timing: bool = True
    run_folder: StrPath | None = None
    executor: Executor | None = None

    @contextmanager
    def recording(
        self, source: Model, samples: SplitData, config: DefaultQuantizationConfig, metric: Metric | None
    ) -> Iterator[None]:
        """Check that the metric is reproducible; with a run folder the steps in this block are recorded there.

        Raises:
            FileError: the folder cannot be used.
        """
        values = warn_if_not_reproducible(source, samples.validation, metric)
        workers = current_run().workers if self.executor is None else Workers(self.executor)
        if self.run_folder is None:
            with running(CurrentRun(workers=workers)):
                yield
            return
        loaders = {"calibration": samples.calibration, "validation": samples.validation}
        with recording_run(self.run_folder, identify_run(source, loaders, config, metric, values), workers):
            yield
