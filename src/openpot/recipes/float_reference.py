"""The float model that a recipe quantizes, and what it computes for the samples of a trial."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from openpot.trial.float_outputs import FloatOutputs

if TYPE_CHECKING:
    from openpot.graph.model import CompressedModel
    from openpot.recipes.trial_samples import TrialSamples


@dataclass(frozen=True, eq=False)
class FloatReference:
    """A float model and the samples of its trial.

    Attributes:
        model: as it was prepared for quantization.
        samples: on which outputs can be compared; only for engines and models that can be tried.
    """

    model: CompressedModel
    samples: TrialSamples

    @cached_property
    def outputs(self) -> FloatOutputs:
        """Those of a single model on the samples, inferred once for all steps that compare."""
        return FloatOutputs(self.model.members[0].model, self.samples.feeds)
