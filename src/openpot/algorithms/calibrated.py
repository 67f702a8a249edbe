"""Algorithms with validated settings that run on calibration statistics, inside a pipeline or alone."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from openpot.algorithms.algorithm_registry import AlgorithmConfigs
from openpot.algorithms.base import Algorithm
from openpot.algorithms.calibration import calibrate, require_engine
from openpot.algorithms.context import Calibration
from openpot.algorithms.registered_statistics import RegisteredStatistics, format_statistic_name, register_specs
from openpot.config.algorithms import AlgorithmConfig
from openpot.config.parse import parse_algorithm
from openpot.statistics.calibration_subset import CalibrationSubset

if TYPE_CHECKING:
    from openpot.engine.base import Engine
    from openpot.graph.model import CompressedModel
    from openpot.statistics.collector import StatisticsCollector
    from openpot.statistics.spec import StatisticSpec

Settings = TypeVar("Settings", bound=AlgorithmConfig)


class CalibratedAlgorithm(Algorithm, Generic[Settings]):
    """An algorithm of openpot: validated settings, specs of statistics, a frozen result.

    Subclasses implement ``apply``. Run without a pipeline, it prepares the model and calibrates by itself.

    Args:
        config: parameters as a dictionary, or settings that were validated already.
        engine: runs the model on the calibration samples.

    Raises:
        UnknownNameError: a parameter does not exist.
        ConfigError: a value is not possible.
    """

    config_class: ClassVar[type[AlgorithmConfig]] = AlgorithmConfig
    needs_data: ClassVar[bool] = True
    """Whether it cannot run without an engine; pipelines say so before they begin."""
    evaluates_metric: ClassVar[bool] = False
    """Whether it is led by the metric of models on the samples of the engine."""

    def __init__(self, config: Mapping[str, Any] | AlgorithmConfig | None = None, engine: Engine | None = None) -> None:
        if isinstance(config, AlgorithmConfig):
            super().__init__(config.model_dump(mode="json", exclude_unset=True), engine)
            self.settings: Settings = config  # type: ignore[assignment]
        else:
            super().__init__(config, engine)
            self.settings = self._parse()
        self._calibration: Calibration | None = None
        self._registered: RegisteredStatistics | None = None

    def update_config(self, config: Mapping[str, Any]) -> None:
        """Replace the parameters.

        Raises:
            UnknownNameError: a parameter does not exist.
            ConfigError: a value is not possible.
        """
        super().update_config(config)
        self.settings = self._parse()

    def _parse(self) -> Settings:
        # Subclasses of users have names of their own and the parameters of their base.
        known = AlgorithmConfigs({self.name: self.config_class})
        return parse_algorithm(self.name, self._config.to_dict(), known)  # type: ignore[return-value]

    def calibration_subset(self) -> CalibrationSubset:
        """The samples that the settings ask for."""
        return CalibrationSubset.from_settings(self.settings)

    def receive_calibration(self, calibration: Calibration) -> None:
        """Keep it for the next ``run``."""
        self._calibration = calibration

    @property
    def asks_collector(self) -> bool:
        """False, unless a subclass registers statistics of its own."""
        return type(self).register_statistics is not CalibratedAlgorithm.register_statistics

    def statistic_name(self, spec: StatisticSpec) -> str:
        """What POT calls a statistic of this algorithm; see :meth:`register_statistics`."""
        return format_statistic_name(spec)

    def registered_specs(self, model: CompressedModel) -> tuple[StatisticSpec, ...]:
        """What :meth:`register_statistics` asks for: at least the required statistics."""
        return self.required_statistics(model)

    def register_statistics(self, model: CompressedModel, collector: StatisticsCollector) -> None:
        """Prepare ``model`` and ask ``collector`` for its statistics, under POT's names.

        The next ``run`` on the model uses what the collector has collected by then. Pipelines do without.

        Raises:
            ConfigError: the algorithm needs statistics and has no engine.
        """
        super().register_statistics(model, collector)
        self.prepare(model)
        layout, places = register_specs(model, self.registered_specs(model), self.statistic_name)
        sampler = self.calibration_subset().make_sampler(require_engine(self._engine)) if layout else None
        collector.register(self.name, layout, sampler)
        original = model.copy() if self.needs_original else None
        self._registered = RegisteredStatistics(self.name, collector, places, original)

    def run(self, model: CompressedModel) -> CompressedModel:
        """Change ``model`` in place and return it; ``result`` says what was done."""
        if self._calibration is None and self._registered is not None:
            self._calibration = self._registered.make_calibration()
        if self._calibration is None:
            calibrate(self._engine, model, [self], context=self.context)
        try:
            self.result = self.apply(model, self._calibration or Calibration())
        finally:
            self._calibration, self._registered = None, None
        return model

    @abstractmethod
    def apply(self, model: CompressedModel, calibration: Calibration) -> object:
        """Change ``model`` in place, led by what was observed on it; returns a frozen record."""
