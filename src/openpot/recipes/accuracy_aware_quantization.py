"""The name under which POT's scripts and files ask for accuracy-aware quantization, whatever the device."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from openpot.recipes.accuracy_aware import AccuracyAwareCommon
from openpot.recipes.accuracy_aware_gna import AccuracyAwareGNA

if TYPE_CHECKING:
    from openpot.engine.base import Engine
    from openpot.graph.model import CompressedModel
    from openpot.search.accuracy_records import AccuracyAwareResult
    from openpot.statistics.spec import StatisticSpec
    from openpot.typing_aliases import Array


class AccuracyAwareQuantization(AccuracyAwareCommon):
    """``AccuracyAwareCommon``, or ``AccuracyAwareGNA`` where nothing runs in float; keys and result are theirs."""

    name = "AccuracyAwareQuantization"

    def _check_base(self, engine: Engine | None) -> None:
        self._for_device(engine)

    def _for_device(self, engine: Engine | None) -> AccuracyAwareCommon:
        algorithm = AccuracyAwareCommon if self.settings.device.runs_float else AccuracyAwareGNA
        return algorithm(self.settings, engine)

    def apply(self, model: CompressedModel, observed: Mapping[StatisticSpec, Array]) -> AccuracyAwareResult:
        """Let the algorithm of the device do it."""
        algorithm: Any = self._for_device(self._engine)
        algorithm.earlier_results = self.earlier_results
        result: AccuracyAwareResult = algorithm.apply(model, observed)
        return result
