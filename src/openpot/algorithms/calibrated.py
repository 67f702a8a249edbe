"""Algorithms with validated settings that run on calibration statistics, inside a pipeline or alone."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from openpot.algorithms.algorithm_registry import algorithm_configs
from openpot.algorithms.base import Algorithm
from openpot.algorithms.calibration import calibrate
from openpot.algorithms.context import Calibration
from openpot.config.algorithms import AlgorithmConfig
from openpot.config.parse import parse_algorithm
from openpot.statistics.calibration_subset import CalibrationSubset

if TYPE_CHECKING:
    from openpot.engine.base import Engine
    from openpot.graph.model import CompressedModel

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

    config_model: ClassVar[type[AlgorithmConfig]] = AlgorithmConfig
    needs_data: ClassVar[bool] = True
    """Whether it cannot run without an engine; pipelines say so before they begin."""

    def __init__(self, config: Mapping[str, Any] | AlgorithmConfig | None = None, engine: Engine | None = None) -> None:
        if isinstance(config, AlgorithmConfig):
            super().__init__(config.model_dump(mode="json", exclude_unset=True), engine)
            self.settings: Settings = config  # type: ignore[assignment]
        else:
            super().__init__(config, engine)
            self.settings = self._parsed()
        self._calibration: Calibration | None = None

    def update_config(self, config: Mapping[str, Any]) -> None:
        """Replace the parameters.

        Raises:
            UnknownNameError: a parameter does not exist.
            ConfigError: a value is not possible.
        """
        super().update_config(config)
        self.settings = self._parsed()

    def _parsed(self) -> Settings:
        # Subclasses of users have names of their own and the parameters of their base.
        known = {**algorithm_configs(), self.name: self.config_model}
        return parse_algorithm(self.name, self._config.to_dict(), known)  # type: ignore[return-value]

    def calibration_subset(self) -> CalibrationSubset:
        """The samples that the settings ask for."""
        return CalibrationSubset.from_settings(self.settings)

    def receive_calibration(self, calibration: Calibration) -> None:
        """Keep it for the next ``run``."""
        self._calibration = calibration

    def run(self, model: CompressedModel) -> CompressedModel:
        """Change ``model`` in place and return it; ``result`` says what was done."""
        if self._calibration is None:
            calibrate(self._engine, model, [self], context=self.context)
        try:
            self.result = self.apply(model, self._calibration or Calibration())
        finally:
            self._calibration = None
        return model

    @abstractmethod
    def apply(self, model: CompressedModel, calibration: Calibration) -> object:
        """Change ``model`` in place, led by what was observed on it; returns a frozen record."""
