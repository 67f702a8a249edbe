"""The parameters of an algorithm as POT's API took them: what it does not know is passed over with a warning."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from openpot.algorithms.algorithm_registry import AlgorithmConfigs
from openpot.algorithms.calibrated import CalibratedAlgorithm
from openpot.config.faults import Fault
from openpot.config.legacy import translate_parameters
from openpot.config.parse import parse_parameters, to_plain_parameters
from openpot.config.passed_over import drop_ineffective_parameters, warn_of_passed_over

if TYPE_CHECKING:
    from openpot.config.algorithms import AlgorithmConfig


class PotParameters(CalibratedAlgorithm[Any]):
    """Mixed into an algorithm of openpot, it gives the class that POT's names stand for.

    ``config`` keeps every key that was stated, so that subclasses find parameters of their own there.
    """

    def _parse(self) -> Any:
        # Subclasses of users have names of their own and the parameters of their base.
        model, known = self.config_class, AlgorithmConfigs({self.name: self.config_class})
        kept, passed_over = understood_parameters(self.name, model, self._config.to_dict())
        warn_of_passed_over(passed_over)
        return parse_parameters(f"{self.name}.params", kept, model, known)


def understood_parameters(
    name: str, model: type[AlgorithmConfig], params: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Fault]]:
    """What counts among the parameters of an algorithm, and one fault for each key that does not."""
    stated = to_plain_parameters(translate_parameters(params))
    return drop_ineffective_parameters(f"{name}.params", stated, model, AlgorithmConfigs({name: model}))
