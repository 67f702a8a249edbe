"""By how much the layers of a model are to be shifted, so that their means agree with those of the original.

With the OpenVINO engine one pass gives that for all layers (:mod:`openpot.trial.adapted_run`), and samples that the
shifts were not fitted on show whether the outputs come closer. Cascades and the user's engines are only asked to
predict, once for each level of layers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from openpot.data.validation_samples import choose_validation_positions
from openpot.engine.direct_engine import find_direct_engine
from openpot.layers.mean_outputs import PredictedMeans
from openpot.numerics.shrunk_mean import compute_shrunk_mean
from openpot.trial.adapted_run import AdaptedRun, OriginalRun, run_original

if TYPE_CHECKING:
    from openpot.engine.base import Engine
    from openpot.graph.model import CompressedModel
    from openpot.trial.shift_inputs import ShiftPlace
    from openpot.typing_aliases import Array

MIN_VALIDATION_SAMPLES = 4
"""With fewer validation samples nothing is compared, and the shifts are taken."""


@dataclass(frozen=True, eq=False)
class FittedShifts:
    """What was found.

    Attributes:
        shifts: name of a layer -> shift of each channel.
        means: name of a layer -> its means in the original, shape ``(inferences, channels)``.
        passes: over the samples, apart from that of the original.
        error_before: of the worst output on the validation samples, as a share of its variation; None if it
            was not measured.
        error_after: the same with shifts that were fitted on the other samples.
    """

    shifts: Mapping[str, Array]
    means: Mapping[str, Array]
    passes: int
    error_before: float | None = None
    error_after: float | None = None

    @property
    def error(self) -> float | None:
        """Error of the outputs in the end: with the shifts if they help, else without; None if it was not measured."""
        return self.error_after if self.help else self.error_before

    @property
    def help(self) -> bool:
        """Whether the outputs come closer, or that was not measured."""
        return self.error_before is None or self.error_after is None or self.error_after < self.error_before


class ShiftFitting:
    """The original on the samples, and fits of models to it.

    Args:
        engine: infers.
        original: has the means that are wanted.
        layers: its layers, by name.
        sampler: the samples.
    """

    def __init__(
        self, engine: Engine, original: CompressedModel, layers: Mapping[str, ShiftPlace], sampler: Any
    ) -> None:
        self._engine, self._sampler = engine, sampler
        self._wanted: Mapping[str, Array] = {}
        self._original: OriginalRun | None = None
        direct = find_direct_engine(engine, original)
        if direct is not None:
            self._original = run_original(direct, original.members[0].model, layers, sampler)
        else:
            self._wanted = PredictedMeans(engine, original, layers, sampler)({})

    def fit(self, model: CompressedModel, layers: Mapping[str, ShiftPlace], levels: Mapping[str, int]) -> FittedShifts:
        """Fit the shifts of the layers of a model, each with all layers before it shifted already.

        Args:
            model: what is shifted; it is not changed.
            layers: its layers, under the names of those of the original.
            levels: name -> how many layers lie above it, itself included.
        """
        if self._original is None:
            return self._fit_level_by_level(model, layers, levels)
        return _fit_in_one_pass(AdaptedRun(self._original, model.members[0].model, layers))

    def _fit_level_by_level(
        self, model: CompressedModel, layers: Mapping[str, ShiftPlace], levels: Mapping[str, int]
    ) -> FittedShifts:
        predict_means, wanted = PredictedMeans(self._engine, model, layers, self._sampler), self._wanted
        shifts: dict[str, Array] = {}
        depths = sorted(set(levels.values()))
        for depth in depths:
            means = predict_means(shifts)
            shifts |= {name: wanted[name] - means[name] for name in layers if levels[name] == depth}
        return FittedShifts(shifts, {name: mean[np.newaxis] for name, mean in wanted.items()}, passes=len(depths))


def _fit_in_one_pass(run: AdaptedRun) -> FittedShifts:
    rows = run.measure_differences()
    # Whether shifts help is tested with those fitted without the validation samples; the result is fitted on all.
    validation_samples = choose_validation_positions(run.reference.num_samples)
    before = after = None
    if run.can_compare and len(validation_samples) >= MIN_VALIDATION_SAMPLES:
        before = run.measure_error(np.zeros(rows.shape[1], np.float32), validation_samples)
        after = run.measure_error(
            compute_shrunk_mean(np.delete(rows, run.reference.find_inferences(validation_samples), axis=0)),
            validation_samples,
        )
    shifts = compute_shrunk_mean(rows)
    return FittedShifts(
        {name: shifts[place] for name, place in run.slices.items()},
        {name: run.reference.means[:, place] for name, place in run.slices.items()},
        passes=1,
        error_before=before,
        error_after=after,
    )
