"""The name under which POT's scripts and files ask for accuracy-aware quantization, whatever the device."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openpot.recipes.accuracy_aware import AccuracyAwareCommon
from openpot.recipes.accuracy_aware_gna import AccuracyAwareGNA

if TYPE_CHECKING:
    from openpot.algorithms.context import Calibration
    from openpot.engine.base import Engine
    from openpot.graph.model import CompressedModel
    from openpot.search.accuracy_records import AccuracyAwareResult


class AccuracyAwareQuantization(AccuracyAwareCommon):
    """``AccuracyAwareCommon``, or ``AccuracyAwareGNA`` where nothing runs in float; keys and result are theirs."""

    name = "AccuracyAwareQuantization"

    def _check_base(self, engine: Engine | None) -> None:
        self._make_for_device(engine)

    def _make_for_device(self, engine: Engine | None) -> AccuracyAwareCommon:
        algorithm = AccuracyAwareCommon if self.settings.device.runs_float else AccuracyAwareGNA
        return algorithm(self.settings, engine)

    def apply(self, model: CompressedModel, calibration: Calibration) -> AccuracyAwareResult:
        """Let the algorithm of the device do it."""
        algorithm = self._make_for_device(self._engine)
        algorithm.receive_context(self.context)
        return algorithm.apply(model, calibration)
