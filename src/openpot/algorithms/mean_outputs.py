"""Mean output of layers under trial shifts, from whichever engine there is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from openpot.engine.openvino_engine import IEEngine
from openpot.engine.shift_replay import ShiftReplay
from openpot.graph.shift_inputs import ShiftPlace
from openpot.numerics.aggregators import Aggregator, AggregatorKind
from openpot.numerics.reducers import Reducer, ReducerKind
from openpot.rewrites.insert_bias import shift_biases
from openpot.statistics.collector import collect_statistics
from openpot.statistics.spec import StatisticSpec

if TYPE_CHECKING:
    from openpot.engine.base import Engine
    from openpot.graph.model import CompressedModel
    from openpot.typing_aliases import Array


class MeanOutputs(Protocol):
    """Tells the means of layer outputs for given shifts of the layers."""

    def __call__(self, shifts: Mapping[str, Array]) -> dict[str, Array]:
        """One pass: shifts of shape ``(channels,)`` by layer; means of shape ``(inferences, channels)`` by layer."""


class ReplayedMeans:
    """Means from one compiled model, for the OpenVINO engine.

    Args:
        engine: infers.
        model: a single model; it is not changed.
        places: output of each layer, by layer.
        sampler: the items of every pass.
    """

    def __init__(
        self, engine: IEEngine, model: CompressedModel, places: Mapping[str, ShiftPlace], sampler: Any
    ) -> None:
        self._places = places
        self._replay = ShiftReplay(engine, model.members[0].model, tuple(places.values()), sampler)

    def __call__(self, shifts: Mapping[str, Array]) -> dict[str, Array]:
        """One pass over the items."""
        parts = [shifts.get(name, np.zeros(place.channels)) for name, place in self._places.items()]
        means = self._replay.means(np.concatenate(parts))
        return {name: means[:, part] for name, part in zip(self._places, self._replay.slices, strict=True)}


class PredictedMeans:
    """Means from an engine of the user's own, which is given the model with the shifts in its biases.

    Args:
        engine: infers.
        model: any model; it is not changed.
        places: output of each layer, by layer.
        sampler: the items of every pass.
    """

    def __init__(self, engine: Engine, model: CompressedModel, places: Mapping[str, ShiftPlace], sampler: Any) -> None:
        self._engine, self._model, self._places, self._sampler = engine, model, places, sampler

    def __call__(self, shifts: Mapping[str, Array]) -> dict[str, Array]:
        """One pass over the items; the means of all inferences come as one."""
        trial = self._model.copy()
        for position, member in enumerate(trial.members):
            own = trial.snapshot(position)
            shift_biases(member.model, {name: shift for name, shift in shifts.items() if name in own})
        mean = Aggregator(AggregatorKind.MEAN)
        specs = {
            name: StatisticSpec(place.tensor, Reducer(ReducerKind.MEAN, place.axis), mean)
            for name, place in self._places.items()
        }
        values = collect_statistics(self._engine, trial, tuple(specs.values()), self._sampler)
        # The shift enters behind the observed tensor.
        return {name: values[spec][np.newaxis] + shifts.get(name, 0.0) for name, spec in specs.items()}


def mean_outputs(engine: Engine, model: CompressedModel, places: Mapping[str, ShiftPlace], sampler: Any) -> MeanOutputs:
    """The faster way that ``engine`` allows."""
    if isinstance(engine, IEEngine) and engine.observes_directly and not model.is_cascade:
        return ReplayedMeans(engine, model, places, sampler)
    return PredictedMeans(engine, model, places, sampler)
