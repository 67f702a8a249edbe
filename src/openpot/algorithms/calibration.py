"""One calibration pass for a group of algorithms: equal wishes on equal items are answered once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from openpot.algorithms.base import Algorithm
from openpot.data.sampler import create_sampler
from openpot.errors import ConfigError
from openpot.statistics.collector import StatisticsCollector, collect_statistics

if TYPE_CHECKING:
    from openpot.data.sampler import Sampler
    from openpot.engine.base import Engine
    from openpot.graph.model import CompressedModel
    from openpot.progress import Progress
    from openpot.statistics.spec import StatisticSpec
    from openpot.typing_aliases import Array


class SubsetSettings(Protocol):
    """The keys about calibration items that every configuration with statistics has."""

    @property
    def stat_subset_size(self) -> int | None:
        """Number of items; None for the whole data set."""

    @property
    def stat_batch_size(self) -> int:
        """Items that share one inference."""

    @property
    def shuffle_data(self) -> bool:
        """Draw the items at random instead of taking the first ones."""

    @property
    def seed(self) -> int:
        """Seed of that draw."""


@dataclass(frozen=True)
class CalibrationSubset:
    """Which items of the data set are used, and how many share an inference.

    Attributes:
        num_samples: number of items; None means all.
        batch_size: items that share an inference.
        shuffle: draw the items at random instead of taking the first ones.
        seed: of that draw.
        every: use only each so-manieth of these items.
    """

    num_samples: int | None = None
    batch_size: int = 1
    shuffle: bool = False
    seed: int = 0
    every: int = 1

    @classmethod
    def from_settings(cls, settings: SubsetSettings) -> CalibrationSubset:
        """The subset that an algorithm's configuration describes."""
        return cls(settings.stat_subset_size, settings.stat_batch_size, settings.shuffle_data, settings.seed)

    def clipped_to(self, available: int | None) -> CalibrationSubset:
        """The same subset with at most ``available`` items (None where that is not known)."""
        if available is None:
            return self
        wanted = available if self.num_samples is None else min(self.num_samples, available)
        return replace(self, num_samples=wanted)

    def sampler(self, engine: Engine) -> Sampler:
        """A sampler over the subset of the engine's data.

        Raises:
            ConfigError: the number of items is known neither here nor to the engine.
            DataError: the data set is empty.
        """
        count = self.clipped_to(num_items(engine)).num_samples
        if count is None:
            raise ConfigError("stat_subset_size is needed: the engine has no data loader whose length could be taken")
        sampler = create_sampler(engine, count, self.shuffle, self.seed, self.batch_size)
        if self.every == 1:
            return sampler
        indices = tuple(sampler.subset_indices or ())[:: self.every]
        return create_sampler(engine, indices[: max(1, count // self.every)], batch_size=self.batch_size)


def calibrate(
    engine: Engine | None, model: CompressedModel, algorithms: Sequence[Algorithm], progress: Progress | None = None
) -> None:
    """Let ``algorithms`` prepare ``model``, collect what they need on it and hand it to them.

    Algorithms of openpot with the same subset share one pass over the union of their specs; algorithms that ask
    through ``register_statistics`` share a collector.

    Raises:
        ConfigError: statistics are needed and there is no engine.
    """
    for algorithm in algorithms:
        algorithm.prepare(model)
    parts = [part for algorithm in algorithms for part in algorithm.parts]
    requests = [_Request(part, _definite_subset(engine, part), part.required_statistics(model)) for part in parts]
    answers: dict[CalibrationSubset, Mapping[StatisticSpec, Array]] = {}
    for subset in dict.fromkeys(request.subset for request in requests if request.specs):
        union = dict.fromkeys(spec for request in requests if request.subset == subset for spec in request.specs)
        sampler = subset.sampler(present_engine(engine))
        answers[subset] = collect_statistics(present_engine(engine), model, tuple(union), sampler, progress)
    for request in requests:
        request.part.receive_statistics({spec: answers[request.subset][spec] for spec in request.specs})
    _collect_registered(engine, model, parts)


@dataclass(frozen=True)
class _Request:
    """What one algorithm wants to know, of which items."""

    part: Algorithm
    subset: CalibrationSubset
    specs: tuple[StatisticSpec, ...]


def _definite_subset(engine: Engine | None, part: Algorithm) -> CalibrationSubset:
    """The subset of an algorithm with its number of items, so that equal subsets compare equal."""
    subset = part.calibration_subset() or CalibrationSubset()
    return subset if engine is None else subset.clipped_to(num_items(engine))


def num_items(engine: Engine) -> int | None:
    """Number of items of an engine's data set; None for an engine that keeps its data to itself."""
    loader = getattr(engine, "data_loader", None)
    return None if loader is None else len(loader)


def present_engine(engine: Engine | None) -> Engine:
    """The engine, or a ConfigError that says what to do."""
    if engine is None:
        raise ConfigError("the pipeline has no engine, but its algorithms need statistics: pass one to create_pipeline")
    return engine


def _collect_registered(engine: Engine | None, model: CompressedModel, parts: Sequence[Algorithm]) -> None:
    """Run the older protocol for the algorithms that override ``register_statistics``."""
    asking = [part for part in parts if type(part).register_statistics is not Algorithm.register_statistics]
    if not asking:
        return
    collector = StatisticsCollector(present_engine(engine))
    for part in asking:
        part.register_statistics(model, collector)
        part.algo_collector = collector
    collector.compute_statistics(model)
