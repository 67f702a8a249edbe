"""Range supervision: activations cannot leave the range that they had on the calibration data.

A flipped bit in memory turns a weight or an activation into a number of any size, which then drowns all others. A Clamp
after every activation function, with the smallest and the largest value seen, keeps such faults small and passes
everything else unchanged (Geissler et al., "Towards a Safety Case for Hardware Fault Tolerance in Convolutional Neural
Networks Using Activation Range Supervision", 2021).

One pass over the calibration data: minimum and maximum of every activation function, reduced inside the model.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from openpot.algorithms.calibrated import CalibratedAlgorithm
from openpot.algorithms.context import Calibration
from openpot.algorithms.placement import find_ignored_scope
from openpot.config.range_supervision import RangeSupervisionConfig
from openpot.graph.operation_kinds import FLOAT_TYPES
from openpot.graph.tensor_id import TensorId
from openpot.numerics.aggregators import Aggregator, AggregatorKind
from openpot.numerics.reducers import Reducer, ReducerKind
from openpot.placement.ignored_operations import find_ignored_by_user
from openpot.rewrites.insert_clamps import CLAMP_SUFFIX, insert_clamps
from openpot.statistics.spec import StatisticSpec

if TYPE_CHECKING:
    from openpot.graph.model import CompressedModel
    from openpot.graph.snapshot import GraphSnapshot, NodeRecord

logger = logging.getLogger(__name__)

SUPERVISED_TYPES = (
    "Relu", "Swish", "PRelu", "Elu", "Gelu", "Sigmoid", "Tanh",
    "HSwish", "Mish", "SoftPlus", "Selu", "HSigmoid", "HardSigmoid",
)  # fmt: skip
"""Activation functions. A Clamp (ReLU6) limits already; the second line are those that POT did not know."""

NOTHING_TO_SUPERVISE = "RangeSupervision changed nothing: there are no activation functions outside the ignored scope"


@dataclass(frozen=True)
class RangeSupervisionResult:
    """What RangeSupervision did: for each activation function the smallest and largest value that pass."""

    ranges: Mapping[str, tuple[float, float]]


class RangeSupervision(CalibratedAlgorithm[RangeSupervisionConfig]):
    """Puts a Clamp after every activation function.

    ``result`` is a :class:`RangeSupervisionResult`. Keys: those of
    :class:`openpot.config.range_supervision.RangeSupervisionConfig`.
    """

    name = "RangeSupervision"
    config_class: ClassVar = RangeSupervisionConfig

    def __init__(self, config: Any = None, engine: Any = None) -> None:
        super().__init__(config, engine)
        self._specs: dict[str, tuple[StatisticSpec, StatisticSpec]] = {}

    @property
    def change_original_model(self) -> bool:
        """True: other tensors are there afterwards."""
        return True

    def required_statistics(self, model: CompressedModel) -> tuple[StatisticSpec, ...]:
        """Smallest and largest value after every activation function."""
        names = [node.name for position in range(len(model.members)) for node in self._find_supervised(model, position)]
        self._specs = {name: (_make_spec(name, "min"), _make_spec(name, "max")) for name in names}
        return tuple(spec for pair in self._specs.values() for spec in pair)

    def apply(self, model: CompressedModel, calibration: Calibration) -> RangeSupervisionResult:
        """Insert the Clamp operations with the limits that were observed."""
        ranges: dict[str, tuple[float, float]] = {}
        observed = calibration.statistics
        for position, member in enumerate(model.members):
            limits = {
                node.name: (float(observed[low]), float(observed[high]))
                for node in self._find_supervised(model, position)
                for low, high in [self._specs[node.name]]
            }
            insert_clamps(member.model, {TensorId(name): ends for name, ends in limits.items()})
            ranges |= limits
        if not ranges:
            logger.warning(NOTHING_TO_SUPERVISE)
        return RangeSupervisionResult(ranges)

    def _find_supervised(self, model: CompressedModel, position: int) -> list[NodeRecord]:
        snapshot = model.snapshot(position)
        scope = find_ignored_scope(self.settings, model.members[position].name)
        ignored = find_ignored_by_user(snapshot, scope, groups_are_convolutions=True).reasons
        return [
            node
            for node in snapshot.nodes_of_type(*SUPERVISED_TYPES)
            if node.name not in ignored and _can_be_limited(snapshot, node)
        ]


def _can_be_limited(snapshot: GraphSnapshot, node: NodeRecord) -> bool:
    depends_on_data = node.name not in snapshot.constants
    return depends_on_data and node.output_type in FLOAT_TYPES and node.name + CLAMP_SUFFIX not in snapshot


def _make_spec(name: str, end: str) -> StatisticSpec:
    return StatisticSpec(TensorId(name), Reducer(ReducerKind(end)), Aggregator(AggregatorKind(end)))
