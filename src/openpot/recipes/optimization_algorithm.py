"""What searches over quantization settings share: the samples that decide, and the metrics on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, TypeVar

from openpot.algorithms.calibrated import CalibratedAlgorithm
from openpot.algorithms.calibration import require_engine
from openpot.config.algorithms import AlgorithmConfig
from openpot.current_run import current_run
from openpot.search.accuracy_target import find_directions
from openpot.search.model_meter import ModelMeter
from openpot.statistics.calibration_subset import count_samples, space_evenly

if TYPE_CHECKING:
    from collections.abc import Mapping

Settings = TypeVar("Settings", bound=AlgorithmConfig)


class OptimizationAlgorithm(CalibratedAlgorithm[Settings]):
    """Base of the algorithms that try many models and keep the best; subclasses implement ``apply``."""

    evaluates_metric: ClassVar = True

    @property
    def change_original_model(self) -> bool:
        """True: what follows needs statistics of the model that is left behind."""
        return True

    def make_meter(self, directions: Mapping[str, bool]) -> ModelMeter:
        """Evaluates models by these metrics."""
        return ModelMeter(require_engine(self._engine), list(directions), current_run())

    def find_directions(self, names: Sequence[str] = ()) -> dict[str, bool]:
        """Whether higher is better, for these metrics of the engine or for all of them.

        Raises:
            UnknownNameError: there is no such metric.
            MetricError: a metric does not say in which direction it is better.
        """
        return find_directions(require_engine(self._engine).get_metrics_attributes(), names)

    def choose_deciding_samples(self, wanted: int | None) -> list[int] | None:
        """At most ``wanted`` samples, spread over the data set; None for all, or if the engine has no data loader."""
        available = count_samples(require_engine(self._engine))
        if wanted is None or available is None:
            return None
        return space_evenly(available, wanted)
