"""Which samples of the data set an algorithm's statistics are collected on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from openpot.data.sampler import create_sampler
from openpot.errors import ConfigError
from openpot.statistics.convergence import FIRST_CHECK

if TYPE_CHECKING:
    from openpot.data.sampler import Sampler
    from openpot.engine.base import Engine


class SubsetSettings(Protocol):
    """The keys about calibration samples that every configuration with statistics has."""

    @property
    def stat_subset_size(self) -> int | None:
        """Number of samples; None for the whole data set."""

    @property
    def stat_batch_size(self) -> int:
        """Samples that share one inference."""

    @property
    def shuffle_data(self) -> bool:
        """Draw the samples at random instead of taking the first ones."""

    @property
    def seed(self) -> int:
        """Seed of that choice."""


@dataclass(frozen=True)
class CalibrationSubset:
    """Which samples of the data set are used, and how many share an inference.

    Attributes:
        num_samples: number of samples; None means all.
        batch_size: samples that share an inference.
        shuffle: choose the samples at random instead of taking the first ones.
        seed: of that choice.
        every: use only one of so many of these samples.
        early_stop: end when the statistics have converged; the samples are then taken in an order whose beginnings are
            spread evenly over all of them, for data sets are often sorted.
    """

    num_samples: int | None = None
    batch_size: int = 1
    shuffle: bool = False
    seed: int = 0
    every: int = 1
    early_stop: bool = False

    @classmethod
    def from_settings(cls, settings: SubsetSettings) -> CalibrationSubset:
        """The subset that an algorithm's configuration describes."""
        return cls(settings.stat_subset_size, settings.stat_batch_size, settings.shuffle_data, settings.seed)

    def clip_to(self, available: int | None) -> CalibrationSubset:
        """The same subset with at most ``available`` samples (None where that is not known)."""
        if available is None:
            return self
        wanted = available if self.num_samples is None else min(self.num_samples, available)
        return replace(self, num_samples=wanted)

    def make_sampler(self, engine: Engine) -> Sampler:
        """A sampler over the subset of the engine's data.

        Raises:
            ConfigError: the number of samples is known neither here nor to the engine.
            DataError: the data set is empty.
        """
        count = self.clip_to(count_samples(engine)).num_samples
        if count is None:
            raise ConfigError("stat_subset_size is needed: the engine has no data loader whose length could be taken")
        if self.early_stop and not self.shuffle and count > FIRST_CHECK and count_samples(engine) is not None:
            return create_sampler(engine, spread_order(count), batch_size=self.batch_size)
        sampler = create_sampler(engine, count, self.shuffle, self.seed, self.batch_size)
        if self.every == 1:
            return sampler
        indices = tuple(sampler.subset_indices or ())[:: self.every]
        return create_sampler(engine, indices[: max(1, count // self.every)], batch_size=self.batch_size)

    def choose_samples(self, engine: Engine) -> tuple[int, ...]:
        """Numbers of the samples of the subset in the engine's data, in the order in which they are taken."""
        clipped = self.clip_to(count_samples(engine))
        return tuple(clipped.make_sampler(engine).subset_indices or range(clipped.num_samples or 0))


def space_evenly(count: int, wanted: int) -> list[int]:
    """At most ``wanted`` positions below ``count``, spread evenly; data sets are often sorted."""
    return sorted({position * count // wanted for position in range(wanted)}) if count > wanted else list(range(count))


def spread_order(count: int) -> list[int]:
    """The numbers below ``count`` in the order of their reversed bits: every beginning is spread evenly over them."""
    bits = max(count - 1, 1).bit_length()
    return sorted(range(count), key=lambda number: int(f"{number:0{bits}b}"[::-1], 2))


def count_samples(engine: Engine) -> int | None:
    """Number of samples of an engine's data set; None for an engine that keeps its data to itself."""
    loader = getattr(engine, "data_loader", None)
    return None if loader is None else len(loader)
