"""What every engine has: it runs a model on data, and tells metrics and statistics."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from openpot.attribute_dict import AttributeDict
from openpot.data.loader import count_samples_in
from openpot.engine.statistic_graph import StatisticGraphBuilder
from openpot.errors import EngineError

if TYPE_CHECKING:
    from openpot.data.metric import Metric
    from openpot.graph.model import CompressedModel


class Engine(ABC):
    """Runs a model on data.

    Attributes:
        config: settings of the engine, readable by key and by attribute.
    """

    def __init__(
        self, config: Mapping[str, Any] | None = None, data_loader: Any = None, metric: Metric | None = None
    ) -> None:
        self.config = config if isinstance(config, AttributeDict) else AttributeDict(config or {})
        self._data_loader = data_loader
        self._metric = metric
        self._stat_requests_number = self.config.get("stat_requests_number")
        self._eval_requests_number = self.config.get("eval_requests_number")

    @cached_property
    def _statistic_graph_builder(self) -> StatisticGraphBuilder:
        return StatisticGraphBuilder()

    @property
    def data_loader(self) -> Any:
        """The data set.

        Raises:
            EngineError: the engine was made without one.
            DataError: it is empty, or does not say how many samples it has.
        """
        if self._data_loader is None:
            raise EngineError(f"{type(self).__name__} has no data loader: pass data_loader= when making the engine")
        count_samples_in(self._data_loader)
        return self._data_loader

    @contextmanager
    def reading(self, data_loader: Any) -> Iterator[None]:
        """Take the data from another loader for the time being."""
        own_loader, self._data_loader = self._data_loader, data_loader
        try:
            yield
        finally:
            self._data_loader = own_loader

    @property
    def metric(self) -> Metric | None:
        """The measure of accuracy, if there is one."""
        return self._metric

    def set_model(self, model: CompressedModel) -> None:  # noqa: B027  engines may take their model otherwise
        """Use ``model`` from now on; does nothing unless a subclass says otherwise."""

    @abstractmethod
    def predict(
        self,
        stats_layout: Any = None,
        sampler: Any = None,
        stat_aliases: Any = None,
        metric_per_sample: bool = False,
        print_progress: bool = False,
    ) -> tuple[Any, Any]:
        """Infer the samples of ``sampler``.

        Subclasses may leave out ``stat_aliases``, as the API reference does.

        Args:
            stats_layout: statistics to collect, ``{node: {statistic: function}}``; None for none.
            sampler: which samples; None for the whole data set.
            stat_aliases: names under which algorithms know the functions of the layout,
                ``{algorithm: {node: {function: [names]}}}``.
            metric_per_sample: tell the values of each sample as well.
            print_progress: log the progress at INFO instead of DEBUG.

        Returns:
            The metrics ``{name: value}`` (with ``metric_per_sample`` a pair: records
            ``{'sample_id', 'metric_name', 'result'}``, and these metrics; None without metric), and the statistics
            ``{node: {statistic: [one value for each inference]}}``.
        """

    def get_metrics_attributes(self) -> dict[str, dict[str, Any]]:
        """Facts about the values of the metric, ``{metric_name: {'direction': ..., 'type': ...}}``.

        Raises:
            EngineError: the engine has no metric.
        """
        if self._metric is None:
            raise EngineError(f"{type(self).__name__} has no metric: pass metric= when making the engine")
        return self._metric.get_attributes()
