"""The base class of every algorithm that a pipeline can run, openpot's own and those that users register.

The life of an algorithm inside a pipeline:

1. ``receive_context``: what earlier algorithms did to the model; again right before ``run``.
2. ``prepare`` may rewrite the model without changing what it computes.
3. ``required_statistics`` says what to observe. One calibration pass observes it for a whole group of algorithms.
4. ``receive_calibration``: the answers and, for an algorithm that ``needs_original``, the model before the group ran.
5. ``run`` changes the model.
6. ``extend_context``: what later algorithms have to know about that.

``register_statistics`` is the older way to ask for statistics, through a collector; algorithms that were written for it
keep working.
"""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from openpot.algorithms.context import Calibration, PipelineContext
from openpot.attribute_dict import AttributeDict

if TYPE_CHECKING:
    from openpot.config.algorithms import AlgorithmConfig
    from openpot.engine.base import Engine
    from openpot.graph.model import CompressedModel
    from openpot.statistics.calibration_subset import CalibrationSubset
    from openpot.statistics.collector import StatisticsCollector
    from openpot.statistics.spec import StatisticSpec


class Algorithm(ABC):
    """One step of a pipeline: changes a model, possibly led by what an engine observes on data.

    Attributes:
        name: what the algorithm is called in configurations and log lines.
        algo_type: family of the algorithm, ``quantization`` unless a subclass says otherwise.
        params: free for subclasses.
        result: frozen record of the last ``run``; None before it.
        context: what earlier algorithms of the pipeline did that this one has to know.
    """

    name: str = ""
    algo_type: str = "quantization"
    default_steps_size: float = 0.05
    config_class: ClassVar[type[AlgorithmConfig] | None] = None
    """The class of its parameters; None for an algorithm that checks them itself."""

    def __init__(self, config: Mapping[str, Any] | None = None, engine: Engine | None = None) -> None:
        self._config = _own_copy(config)
        self._engine = engine
        self._stats_collector: StatisticsCollector | None = None
        self.params: dict[str, Any] = {}
        self.total_exec_steps: float = 0
        self.result: Any = None
        self.context = PipelineContext()

    @property
    def change_original_model(self) -> bool:
        """Whether later algorithms of the pipeline need statistics of the model that this one leaves behind."""
        return False

    @property
    def needs_original(self) -> bool:
        """Whether the calibration keeps a copy of the model for this algorithm, as it is before any of them runs."""
        return False

    @property
    def misses_target(self) -> bool:
        """Whether the last ``run`` missed a target without which its result is not to be used as it is."""
        return False

    @property
    def config(self) -> AttributeDict:
        """The parameters this algorithm was made with, readable by key and by attribute."""
        return self._config

    @property
    def algo_collector(self) -> StatisticsCollector | None:
        """The collector that ``register_statistics`` was last called with."""
        return self._stats_collector

    @algo_collector.setter
    def algo_collector(self, collector: StatisticsCollector | None) -> None:
        self._stats_collector = collector

    @abstractmethod
    def run(self, model: CompressedModel) -> CompressedModel:
        """Apply the algorithm to ``model`` and return the model to go on with (usually the same object)."""

    def receive_context(self, context: PipelineContext) -> None:
        """Take what earlier algorithms of the pipeline did."""
        self.context = context

    def extend_context(self, context: PipelineContext) -> PipelineContext:
        """``context`` with what ``result`` says that later algorithms have to know; unchanged by default."""
        return context

    def prepare(self, model: CompressedModel) -> None:  # noqa: B027  most have nothing to prepare
        """Rewrite ``model`` before the statistics of the group are collected; does nothing by default."""

    def calibration_subset(self) -> CalibrationSubset | None:
        """Which samples the statistics are collected on; None for an algorithm that needs none."""
        return None

    def required_statistics(self, model: CompressedModel) -> tuple[StatisticSpec, ...]:
        """What to observe on ``model``; nothing by default."""
        del model
        return ()

    def receive_calibration(self, calibration: Calibration) -> None:  # noqa: B027  POT's algorithms use collectors
        """Take the answers to ``required_statistics``; ignored by default."""

    @property
    def asks_collector(self) -> bool:
        """Whether pipelines let the algorithm register statistics with a collector: where a subclass does so."""
        return type(self).register_statistics is not Algorithm.register_statistics

    def register_statistics(self, model: CompressedModel, collector: StatisticsCollector) -> None:
        """Ask ``collector`` for statistics of ``model`` (POT's way); nothing is asked for by default."""
        del model
        self._stats_collector = collector

    def statistics(self) -> dict[str, Any]:
        """Statistics worth keeping from the last run, by name; none by default."""
        return {}

    def get_parameter_meta(self, model: CompressedModel) -> Sequence[tuple[str, str, list[Any]]]:
        """Parameters that a search may vary, as ``(name, kind, choices)``; none by default."""
        del model
        return ()

    def compute_total_exec_steps(self, model: CompressedModel | None = None) -> None:
        """Set ``total_exec_steps``, the length of this algorithm on a progress bar."""
        del model

    def update_config(self, config: Mapping[str, Any]) -> None:
        """Replace the parameters; statistics that were received stay valid where they fit."""
        self._config = _own_copy(config)


def _own_copy(config: Mapping[str, Any] | None) -> AttributeDict:
    # Wrapped before it is copied: dicts with attribute access often cannot be copied themselves.
    return copy.deepcopy(AttributeDict(config or {}))
