"""Mean output of layers under trial shifts, from engines that are only asked to predict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from openpot.numerics.aggregators import Aggregator, AggregatorKind
from openpot.numerics.reducers import Reducer, ReducerKind
from openpot.rewrites.insert_bias import shift_biases
from openpot.statistics.collector import collect_statistics
from openpot.statistics.spec import StatisticSpec
from openpot.trial.shift_inputs import ShiftPlace

if TYPE_CHECKING:
    from openpot.engine.base import Engine
    from openpot.graph.model import CompressedModel
    from openpot.typing_aliases import Array


class PredictedMeans:
    """Means from a model that is given to the engine with the shifts in its biases.

    Args:
        engine: infers.
        model: any model; it is not changed.
        places: output of each layer, by layer.
        sampler: the samples of every pass.
    """

    def __init__(self, engine: Engine, model: CompressedModel, places: Mapping[str, ShiftPlace], sampler: Any) -> None:
        self._engine, self._model, self._places, self._sampler = engine, model, places, sampler

    def __call__(self, shifts: Mapping[str, Array]) -> dict[str, Array]:
        """One pass: shifts of shape ``(channels,)`` by layer; means over all samples, of that shape, by layer."""
        trial = self._model.copy()
        for position, member in enumerate(trial.members):
            snapshot = trial.snapshot(position)
            shift_biases(member.model, {name: shift for name, shift in shifts.items() if name in snapshot})
        mean = Aggregator(AggregatorKind.MEAN)
        specs = {
            name: StatisticSpec(place.tensor, Reducer(ReducerKind.MEAN, place.axis), mean)
            for name, place in self._places.items()
        }
        values = collect_statistics(self._engine, trial, tuple(specs.values()), self._sampler)
        # The shift enters after the observed tensor.
        return {name: values[spec] + shifts.get(name, 0.0) for name, spec in specs.items()}
