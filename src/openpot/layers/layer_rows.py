"""Inputs and outputs of layers at sampled positions, collected while a model runs on calibration samples.

Whole tensors pass by one inference at a time; only rows, or sums of their products, stay. Positions are sampled by the
seed, the inference and the layer alone, so that rows of two models, or of two passes, belong together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from openpot.data.sampler import create_sampler
from openpot.statistics.calibration_subset import CalibrationSubset, space_evenly

if TYPE_CHECKING:
    from openpot.engine.openvino_engine import IEEngine
    from openpot.graph.model import CompressedModel
    from openpot.graph.tensor_id import TensorId
    from openpot.layers.regression_layer import RegressionLayer
    from openpot.typing_aliases import Array

ROWS_PER_WEIGHT = 4
"""A filter with many weights is fitted on at least so many positions for each of them."""


TakeTensor = Callable[[str, int, "Array"], None]
"""Gets a layer, the number of an inference and the tensor, once for each inference in their order."""


@dataclass(frozen=True)
class RowSampling:
    """Which samples and which positions.

    Attributes:
        samples: numbers of the samples, one inference each.
        wanted: positions over all samples, at least.
        seed: of the sampling.
    """

    samples: tuple[int, ...]
    wanted: int
    seed: int

    def choose_positions(self, place: int, inference: int, available: int, num_weights: int) -> Array:
        """Some of the positions of a tensor, in rising order.

        Args:
            place: number of the layer.
            inference: number of the inference.
            available: how many positions there are.
            num_weights: of a filter.
        """
        wanted = -(-max(self.wanted, ROWS_PER_WEIGHT * num_weights) // len(self.samples))
        if wanted >= available:
            return np.arange(available)
        rng = np.random.default_rng([self.seed, place, inference])
        return np.sort(rng.choice(available, wanted, replace=False))


def stream_tensors(
    engine: IEEngine, model: CompressedModel, tensors: Mapping[str, TensorId], samples: Sequence[int], take: TakeTensor
) -> None:
    """Run the model on samples and hand over one tensor for each layer.

    Args:
        engine: infers.
        model: a single model.
        tensors: what is handed over, by layer.
        samples: numbers of samples.
        take: keeps what it needs; the tensor is gone afterwards.
    """
    if not tensors:
        return
    names = list(tensors)
    requests: list[tuple[TensorId, Any]] = [(tensors[name], np.array) for name in names]

    def consume(inference: int, packed: Array, loose: dict[int, Any]) -> None:
        del packed
        for number, tensor in loose.items():
            take(names[number], inference, tensor)

    engine.observe(model, requests, create_sampler(engine, list(samples)), consume)


def choose_calibration_samples(engine: IEEngine, subset: CalibrationSubset, wanted: int) -> tuple[int, ...]:
    """At most ``wanted`` of the calibration samples, spread evenly over them."""
    samples = subset.choose_samples(engine)
    return tuple(samples[position] for position in space_evenly(len(samples), wanted))


def number_layers(layers: Mapping[str, RegressionLayer]) -> dict[str, int]:
    """Numbers of the layers, for the sampling."""
    return {name: place for place, name in enumerate(layers)}
