"""Range optimization: limits of activations of a quantized model, moved by trial until the error is smallest.

Ranges that calibration found are a guess about what matters to the outputs. Here each may move a little, towards zero
by 8 and away from it by 2 per cent unless stated otherwise, and a black-box search that asks for nothing but the error
decides: by default a (1+1) evolution (:mod:`openpot.numerics.box_search`), or a package for such searches. One graph is
compiled whose limits are inputs, so a try costs the inferences of the deciding samples alone: ``maxiter`` passes over
these. What is returned is measured on the model as it is then, and is never worse than what was given.
"""

from __future__ import annotations

import csv
import io
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from openpot.algorithms.calibration import require_engine
from openpot.algorithms.context import Calibration
from openpot.atomic_files import write_text
from openpot.config.optimization import RangeOptimizationConfig
from openpot.engine.direct_engine import find_direct_engine
from openpot.errors import ConfigError, DataError, EngineError, MetricError, MissingExtraError
from openpot.graph.restored_model import restored_on_failure
from openpot.optional_stage import optional_stage
from openpot.recipes.optimization_algorithm import OptimizationAlgorithm
from openpot.rewrites.set_limits import set_limits
from openpot.search.range_backends import minimise
from openpot.search.range_box import BoxSizes, RangeBox, compute_stated_limits, find_ranges
from openpot.search.range_error import (
    MetricOfGraph,
    MetricOfModels,
    NoiseOfGraph,
    RangeError,
    copy_with_ranges,
    sample_positions,
)
from openpot.statistics.calibration_subset import count_samples

if TYPE_CHECKING:
    from openpot.graph.model import CompressedModel
    from openpot.numerics.fake_quantize import FakeQuantizeLimits
    from openpot.typing_aliases import Array

logger = logging.getLogger(__name__)

FINALISTS = 8
"""How many points of a stochastic search are measured again, all on the same samples."""


@dataclass(frozen=True)
class RangeTrialRecord:
    """One evaluation: its error (lower is better) and the point, coordinates between 0 and 1."""

    error: float
    point: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class RangeOptimizationResult:
    """What RangeOptimization did.

    Attributes:
        error_before: of the given model with the ranges that were set; None if nothing was searched.
        error_after: of the returned one.
        moved: limits that are others now, by quantizer.
        trials: every evaluation in its order; the first is the model as it was given.
        quantizers: names of the quantizers that could move.
    """

    error_before: float | None
    error_after: float | None
    moved: Mapping[str, FakeQuantizeLimits] = field(default_factory=dict)
    trials: tuple[RangeTrialRecord, ...] = ()
    quantizers: tuple[str, ...] = ()

    def to_csv(self) -> str:
        """A table with a row for each evaluation: its number, its error and the point."""
        buffer = io.StringIO()
        rows = csv.writer(buffer, lineterminator="\n")
        width = max((len(trial.point) for trial in self.trials), default=0)
        rows.writerow(["iteration", "error", *(f"x{place}" for place in range(width))])
        rows.writerows(
            [number, f"{trial.error:.9g}", *(f"{value:.6f}" for value in trial.point)]
            for number, trial in enumerate(self.trials)
        )
        return buffer.getvalue()


class RangeOptimization(OptimizationAlgorithm[RangeOptimizationConfig]):
    """Moves the ranges of a quantized model. It belongs after a quantization.

    ``result`` is a :class:`RangeOptimizationResult`. Keys: those of
    :class:`openpot.config.optimization.RangeOptimizationConfig`.

    Raises:
        UnknownNameError: (when run) there is no such metric, quantizer or optimizer.
        ConfigError: (when run) the model is not quantized.
        MissingExtraError: (when run) the package of the backend is not installed.
    """

    name = "RangeOptimization"
    config_class: ClassVar = RangeOptimizationConfig

    def apply(self, model: CompressedModel, calibration: Calibration) -> RangeOptimizationResult:
        """Set the stated ranges, then search."""
        del calibration
        stated_limits = self._set_stated_ranges(model)
        ranges = [
            movable
            for position, member in enumerate(model.members)
            for movable in find_ranges(member.model, model.snapshot(position), self._select_scope(model, position))
        ]
        if not ranges and not stated_limits:
            raise ConfigError("RangeOptimization needs a quantized model: put it after DefaultQuantization")
        if not ranges or not any(self.settings.iterations):
            return RangeOptimizationResult(None, None, stated_limits)
        sizes = BoxSizes(self.settings.lower_boxsize, self.settings.upper_boxsize, self.settings.zero_boxsize)
        result = RangeOptimizationResult(None, None, stated_limits)
        fatal = (ConfigError, DataError, MetricError, MissingExtraError)
        with optional_stage("searching for better ranges", "They stay as they are", fatal), restored_on_failure(model):
            search = _Search(self, model, RangeBox(ranges, sizes))
            search.run()
            result = search.conclude(stated_limits)
        if self.settings.result_filename is not None:
            write_text(self.settings.result_filename, result.to_csv())
        return result

    def make_error_function(self, model: CompressedModel, box: RangeBox, samples: list[int] | None) -> RangeError:
        """What measures the error, the fastest that engine and settings allow."""
        engine = require_engine(self._engine)
        if self.settings.error_function == "quantization_noise":
            if samples is None:
                raise EngineError("error_function 'quantization_noise' needs an engine with a data loader")
            return NoiseOfGraph(engine, model, box, samples)
        metric = self.find_metric()
        direct = find_direct_engine(engine, model)
        if direct is not None and samples is not None and not self.settings.stochastic:
            with optional_stage("making ranges inputs of one graph", "Models are made one by one, which takes longer"):
                return MetricOfGraph(direct, model, box, metric, samples)
        return self.make_error_of_models(model, box, samples)

    def make_error_of_models(self, model: CompressedModel, box: RangeBox, samples: list[int] | None) -> RangeError:
        """The error of models that are really made."""
        metric = self.find_metric()
        return MetricOfModels(self.make_meter({metric[0]: metric[1]}), model, box, metric, samples)

    def find_metric(self) -> tuple[str, bool]:
        """Name and direction of the metric that counts: the named one, or the only one there is."""
        is_stated = "metric_name" in self.settings.model_fields_set
        directions = self.find_directions()
        if not is_stated and self.settings.metric_name not in directions and len(directions) == 1:
            return next(iter(directions.items()))
        return next(iter(self.find_directions([self.settings.metric_name]).items()))

    def choose_samples(self) -> list[int] | None:
        """The deciding samples; None if the engine keeps its data to itself."""
        available = count_samples(require_engine(self._engine))
        wanted = self.settings.optimization_subset_size or available
        return self.choose_deciding_samples(wanted)

    def _select_scope(self, model: CompressedModel, position: int) -> Sequence[str]:
        """The names of the scope that are in one member; all of them for a single model, which says what is wrong."""
        if not model.is_cascade:
            return self.settings.optimization_scope
        return [name for name in self.settings.optimization_scope if name in model.snapshot(position)]

    def _set_stated_ranges(self, model: CompressedModel) -> dict[str, FakeQuantizeLimits]:
        all_limits: dict[str, FakeQuantizeLimits] = {}
        for position, member in enumerate(model.members):
            snapshot = model.snapshot(position)
            ranges = {
                name: ends
                for name, ends in self.settings.ranges_to_set.items()
                if not model.is_cascade or name in snapshot
            }
            limits = compute_stated_limits(member.model, snapshot, ranges)
            set_limits(member.model, limits)
            all_limits |= limits
        return all_limits


class _Search:
    """One search over a box: asks a backend for points, keeps the best."""

    def __init__(self, algorithm: RangeOptimization, model: CompressedModel, box: RangeBox) -> None:
        self._algorithm, self._model, self._box = algorithm, model, box
        self._settings = algorithm.settings
        self._rng = np.random.default_rng(self._settings.seed)
        self._samples = algorithm.choose_samples()
        self._error = algorithm.make_error_function(model, box, self._samples)
        self._trials: list[RangeTrialRecord] = []
        self._best, self._lowest = box.start, np.inf

    def run(self) -> None:
        """Let one optimizer after the other try points."""
        names: Sequence[str | None] = self._settings.optimizer_name or (None,)
        for number, (name, budget) in enumerate(zip(names, self._settings.iterations, strict=True)):
            start = self._box.start if number == 0 else self._best
            minimise(self._settings.opt_backend, self._try_point, start, budget, name, self._settings.seed + number)

    def conclude(self, stated_limits: Mapping[str, FakeQuantizeLimits]) -> RangeOptimizationResult:
        """Put the best limits into the model if they are better than the given ones there too."""
        final = self._error
        if self._settings.error_function == "metric":
            final = self._algorithm.make_error_of_models(self._model, self._box, self._samples)
        before = final(self._box.start)
        after, self._best = min(
            ((final(point), point) for point in self._select_finalists()), key=lambda entry: entry[0]
        )
        moved: dict[str, FakeQuantizeLimits] = dict(stated_limits)
        if after < before:
            new = self._box.compute_named_limits(self._best)
            old = {name: movable.limits for movable in self._box.ranges for name in movable.names}
            moved |= {name: limits for name, limits in new.items() if not limits.equals(old[name])}
            self._model.take_over(copy_with_ranges(self._model, self._box, self._best))
        else:
            after = before
        logger.info("the error is %.6g with the ranges as they are now, and was %.6g", after, before)
        names = tuple(name for movable in self._box.ranges for name in movable.names)
        return RangeOptimizationResult(before, after, moved, tuple(self._trials), names)

    def _select_finalists(self) -> list[Array]:
        """The best point; where every evaluation had samples of its own, the few that looked best."""
        if not self._settings.stochastic:
            return [self._best]
        ranked = sorted(self._trials, key=lambda trial: trial.error)
        return [np.array(trial.point) for trial in ranked[:FINALISTS]]

    def _try_point(self, point: Array) -> float:
        samples = self._sample_positions()
        error = self._error(point, samples)
        is_best = error < self._lowest
        if is_best:
            self._best, self._lowest = np.array(point), error
        self._trials.append(RangeTrialRecord(error, tuple(float(value) for value in point)))
        prefix = self._settings.dump_model_prefix
        if prefix is not None and is_best:
            folder, _, stem = prefix.rpartition("/")
            name = f"{stem}{len(self._trials) - 1:05d}"
            copy_with_ranges(self._model, self._box, point).save(Path(folder or "."), name)
        return error

    def _sample_positions(self) -> list[int] | None:
        if not self._settings.stochastic or self._samples is None:
            return None
        available = self._error.num_samples if isinstance(self._error, NoiseOfGraph) else len(self._samples)
        return sample_positions(available, self._rng)
