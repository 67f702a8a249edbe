"""The error of a quantized model with other ranges: by the metric, or by the noise of its outputs.

Where models can run directly on the samples of the engine, one compiled graph serves all ranges
(:mod:`openpot.trial.range_inputs`). Otherwise a model is made for each measurement.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

from openpot.engine.direct_engine import require_direct_engine
from openpot.graph.model import CompressedModel
from openpot.inference.feeds import group_steps
from openpot.measure.output_distance import find_worst_error
from openpot.measure.side_by_side import load_inputs
from openpot.rewrites.remove_fake_quantize import copy_in_float
from openpot.rewrites.set_limits import set_limits
from openpot.search.accuracy_target import check_metrics
from openpot.search.model_meter import ModelMeter
from openpot.trial.compared_outputs import find_compared_tensors, find_output_tensors
from openpot.trial.metric_trial import MetricTrial
from openpot.trial.range_inputs import add_range_inputs
from openpot.trial.reference_run import run_reference
from openpot.trial.trial_graph import build_reference_graph
from openpot.trial.trial_run import TrialRun

if TYPE_CHECKING:
    from openpot.engine.openvino_engine import IEEngine
    from openpot.search.range_box import RangeBox
    from openpot.typing_aliases import Array


class RangeError(Protocol):
    """Measures the error (lower is better) at a point of a box."""

    def __call__(self, point: Array, samples: Sequence[int] | None = None) -> float:
        """The error on some of the deciding samples by their positions; None for all of them."""


class MetricOfModels:
    """A metric of models that are made one by one.

    Args:
        meter: evaluates models.
        model: the quantized model; it is not changed.
        box: what moves.
        metric: name of the metric, and whether higher is better.
        samples: the deciding samples; None for all.
    """

    def __init__(
        self, meter: ModelMeter, model: CompressedModel, box: RangeBox, metric: tuple[str, bool],
        samples: Sequence[int] | None,
    ) -> None:  # fmt: skip
        self._meter, self._model, self._box, self._metric, self._samples = meter, model, box, metric, samples

    def __call__(self, point: Array, samples: Sequence[int] | None = None) -> float:
        """The metric, negative if higher is better."""
        chosen = self._samples
        if samples is not None:
            chosen = list(samples) if self._samples is None else [self._samples[position] for position in samples]
        twin = copy_with_ranges(self._model, self._box, point)
        return _negate_if_higher_better(self._meter.measure_samples(twin, chosen), self._metric)


class MetricOfGraph:
    """A metric out of one compiled graph; arguments as in :class:`MetricOfModels`."""

    def __init__(
        self, engine: IEEngine, model: CompressedModel, box: RangeBox, metric: tuple[str, bool], samples: Sequence[int]
    ) -> None:
        graph = model.members[0].model
        outputs = find_output_tensors(graph)
        trial_graph = add_range_inputs(graph, [movable.limits_to_move for movable in box.ranges], outputs)
        self._box, self._metric = box, metric
        self._trial = MetricTrial(engine, model, trial_graph, len(outputs), samples)

    def __call__(self, point: Array, samples: Sequence[int] | None = None) -> float:
        """The metric, negative if higher is better; always of all samples."""
        del samples
        metrics = self._trial.measure(self._box.compute_controls(point)).metrics
        return _negate_if_higher_better(check_metrics(metrics, [self._metric[0]]), self._metric)


class NoiseOfGraph:
    """How far the outputs are from those of the model with float activations, as a share of their variation.

    Args:
        engine: has the data.
        model: the quantized model; it is not changed.
        box: what moves.
        samples: the deciding samples.

    Raises:
        EngineError: the model cannot be run directly on the samples of the engine.
    """

    def __init__(self, engine: object, model: CompressedModel, box: RangeBox, samples: Sequence[int]) -> None:
        direct = require_direct_engine(engine, "error_function 'quantization_noise'", model, remedy="use 'metric'")
        graph = model.members[0].model
        original = copy_in_float(model)
        feeds = load_inputs(graph, direct.data_loader, samples, settings=direct.inference_settings)
        expected = find_compared_tensors(original.snapshot())
        reference = build_reference_graph(original.members[0].model, {}, expected)
        self._reference = run_reference(reference, feeds, False, range(len(group_steps(feeds))))
        compared = find_compared_tensors(model.snapshot())
        trial_graph = add_range_inputs(graph, [movable.limits_to_move for movable in box.ranges], compared)
        self._box, self._run = box, TrialRun(trial_graph, [str(tensor) for tensor in compared])

    def __call__(self, point: Array, samples: Sequence[int] | None = None) -> float:
        """The error of the worst output."""
        part = self._reference if samples is None else self._reference.select(list(samples))
        return find_worst_error(self._run.measure_distances(self._box.compute_controls(point), part))

    @property
    def num_samples(self) -> int:
        """How many samples fit into memory."""
        return self._reference.num_samples


def copy_with_ranges(model: CompressedModel, box: RangeBox, point: Array) -> CompressedModel:
    """A copy of the model with the limits of a point."""
    twin = model.copy()
    limits = box.compute_named_limits(point)
    for position, member in enumerate(twin.members):
        present = twin.snapshot(position)
        set_limits(member.model, {name: ends for name, ends in limits.items() if name in present})
    return twin


def _negate_if_higher_better(metrics: Mapping[str, float], metric: tuple[str, bool]) -> float:
    name, higher_better = metric
    value = metrics[name]
    return -value if higher_better else value


def sample_positions(available: int, rng: np.random.Generator) -> list[int]:
    """Half of the deciding samples, at least two, sampled anew for every evaluation."""
    count = min(available, max(2, available // 2))
    return sorted(rng.choice(available, size=count, replace=False).tolist())
