"""Which calibration samples a trial of the outputs takes, and their inputs."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from openpot.engine.direct_engine import find_direct_engine, require_direct_engine
from openpot.inference.feeds import group_steps
from openpot.inference.fixed_batch import count_samples_of_inference
from openpot.inference.model_inputs import describe_inputs
from openpot.measure.side_by_side import load_inputs
from openpot.statistics.calibration_subset import CalibrationSubset, space_evenly

if TYPE_CHECKING:
    from openpot.engine.base import Engine
    from openpot.engine.openvino_engine import IEEngine
    from openpot.graph.types import Model
    from openpot.typing_aliases import Array

TRIAL_SAMPLES = 20
"""How many inferences a trial makes at most, spread evenly: more do not tell more (``docs/accuracy.md``)."""
TRIAL_SHARE = 3
"""The trial takes one inference of so many, so that it costs no more than the calibration does,"""
FEW_TRIAL_SAMPLES = 10
"""but so many if there are: six fit, which is enough, and four validate."""
MIN_TRIAL_SAMPLES = 6
"""With fewer nothing is tried: two have to validate, because an error is a share of what varies between them, and what
helps on one or two of the others is luck."""
TRIAL_STEPS = 640
"""How many inferences a trial makes at most where samples are sequences of steps, but of ``MIN_TRIAL_SAMPLES``."""


class TrialSamples:
    """The samples of one model, loaded when they are first asked for.

    Args:
        engine: has the data; models must be able to run directly on them.
        subset: the calibration samples.
        model: the float model that takes them.
    """

    def __init__(self, engine: Engine | None, subset: CalibrationSubset, model: Model) -> None:
        self._engine, self._subset, self._model = engine, subset, model

    @cached_property
    def numbers(self) -> tuple[int, ...]:
        """Numbers of the samples in the data set."""
        samples = self._subset.choose_samples(self._owner)
        batches = [samples[start : start + self._size] for start in range(0, len(samples) - self._size + 1, self._size)]
        positions = space_evenly(len(batches), choose_trial_size(len(batches)))
        return tuple(sample for position in positions for sample in batches[position])

    @cached_property
    def feeds(self) -> list[dict[int, Array]]:
        """Inputs of one inference after the other."""
        if not self.numbers:
            return []
        owner = self._owner
        loaded = load_inputs(
            self._model,
            owner.data_loader,
            self.numbers,
            batch_size=self._size,
            settings=owner.inference_settings,
        )
        return limit_steps(loaded)

    @property
    def is_enough(self) -> bool:
        """Whether so many samples can tell what helps."""
        return len(group_steps(self.feeds)) >= MIN_TRIAL_SAMPLES

    @cached_property
    def _size(self) -> int:
        wanted, owner = choose_batch_size(self._model, self._subset.batch_size), self._owner
        return count_samples_of_inference(self._model, owner.data_loader, wanted, owner.inference_settings)

    @property
    def _owner(self) -> IEEngine:
        return require_direct_engine(self._engine, "a trial by the outputs")


def limit_steps(feeds: list[dict[int, Array]]) -> list[dict[int, Array]]:
    """The inputs of as many sequences of steps, spread evenly, as are at most ``TRIAL_STEPS`` inferences long."""
    samples = group_steps(feeds)
    if len(samples) == len(feeds) or len(feeds) <= TRIAL_STEPS:
        return feeds
    wanted = max(MIN_TRIAL_SAMPLES, len(samples) * TRIAL_STEPS // len(feeds))
    return [feeds[position] for number in space_evenly(len(samples), wanted) for position in samples[number]]


def choose_trial_size(available: int) -> int:
    """How many inferences a trial takes, of so many that the calibration makes."""
    return min(TRIAL_SAMPLES, max(FEW_TRIAL_SAMPLES, available // TRIAL_SHARE))


def can_be_tried(engine: Engine | None) -> bool:
    """Whether models can be run directly on the samples of an engine; without an engine nothing speaks against it."""
    return engine is None or find_direct_engine(engine) is not None


def choose_batch_size(model: Model, batch_size: int) -> int:
    """``batch_size`` if the model takes no other number of samples, else 1: single samples tell most."""
    return batch_size if any(entry.shape and entry.shape[0] == batch_size for entry in describe_inputs(model)) else 1
