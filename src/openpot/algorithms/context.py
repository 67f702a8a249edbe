"""What an algorithm gets before it runs: from the algorithms before it, and from the calibration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from openpot.statistics.spec import StatisticSpec
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.model import CompressedModel


@dataclass(frozen=True)
class PipelineContext:
    """What earlier algorithms of a pipeline did to the model that later ones have to know.

    Attributes:
        aligned_layers: layers whose weights were scaled by input channel, which makes them wider.
        corrected_layers: layers whose bias was corrected for the weights that they had then.
    """

    aligned_layers: frozenset[str] = frozenset()
    corrected_layers: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)
class Calibration:
    """What one algorithm gets from the calibration.

    Attributes:
        statistics: the answers to its ``required_statistics``, but for tensors that were empty in all inferences.
        inferences: how many inferences they rest on; None if it asked for none, or if the engine does not tell.
        original: a copy of the model that was observed, before any algorithm changed it; None unless the algorithm
            ``needs_original``.
    """

    statistics: Mapping[StatisticSpec, Array] = field(default_factory=dict)
    inferences: int | None = None
    original: CompressedModel | None = None
