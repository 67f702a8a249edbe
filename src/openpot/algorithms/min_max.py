"""Min-max quantization: FakeQuantize where the plan wants it, with limits from constants and from calibration.

Weights are known, so their limits are computed from the constants. Limits of activations come from what the range
estimator observes at every inference (by default the extremes) and how it combines the inferences (by default the mean
for one range per tensor, the extreme for one range per channel).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from openpot.algorithms.calibrated import CalibratedAlgorithm
from openpot.algorithms.placement import plan_member
from openpot.algorithms.prepared_model import prepare_model
from openpot.algorithms.quantizer_limits import ObservedRange, limits_of
from openpot.algorithms.range_statistics import RangeSpecs, range_specs
from openpot.algorithms.records import ChannelAlignmentResult, MinMaxResult, QuantizerRecord
from openpot.algorithms.weight_ranges import weight_range
from openpot.config.algorithms import MinMaxConfig
from openpot.config.range_estimator import RangeEstimatorConfig, resolve_range_estimator
from openpot.graph.node_index import NodeIndex
from openpot.graph.weights import constant_value
from openpot.numerics.fake_quantize import FakeQuantizeLimits
from openpot.rewrites.insert_fake_quantize import insert_fake_quantize
from openpot.rewrites.plan import PlannedQuantizer, QuantizationPlan, QuantizerKind

if TYPE_CHECKING:
    from openpot.graph.model import CompressedModel
    from openpot.statistics.spec import StatisticSpec
    from openpot.typing_aliases import Array


class MinMaxQuantization(CalibratedAlgorithm[MinMaxConfig]):
    """Inserts FakeQuantize operations and gives them limits.

    ``result`` is a :class:`MinMaxResult`. Keys: those of :class:`openpot.config.algorithms.MinMaxConfig`.
    """

    name = "MinMaxQuantization"
    config_model: ClassVar = MinMaxConfig

    def __init__(self, config: Any = None, engine: Any = None) -> None:
        super().__init__(config, engine)
        self._folded: tuple[str, ...] = ()
        self._members: tuple[_MemberPlan, ...] = ()

    def prepare(self, model: CompressedModel) -> None:
        """Fold batch normalisation into weights: what follows sees the weights that will be quantized.

        Raises:
            AlreadyQuantizedError: the model holds FakeQuantize operations.
        """
        self._folded = prepare_model(model)

    def plan(self, model: CompressedModel) -> QuantizationPlan:
        """What would be quantized how, and why the rest is not; needs no data and changes nothing."""
        return _merged(self._plan_members(model))

    def required_statistics(self, model: CompressedModel) -> tuple[StatisticSpec, ...]:
        """Both ends of every planned quantizer of activations."""
        self._members = self._plan_members(model)
        return tuple(spec for member in self._members for specs in member.specs.values() for spec in specs.all)

    def apply(self, model: CompressedModel, observed: Mapping[StatisticSpec, Array]) -> MinMaxResult:
        """Insert the quantizers of the plan with the limits that follow from constants and statistics."""
        records: list[QuantizerRecord] = []
        for position, member in enumerate(self._members):
            limits = self._limits(model, position, observed)
            insert_fake_quantize(model.members[position].model, member.plan, limits)
            records += [QuantizerRecord(planned, limits[planned.name]) for planned in member.plan.quantizers]
        plan = _merged(self._members)
        if self.settings.dump_intermediate_model:
            folder = self.settings.exec_log_dir or Path.cwd()
            model.save(folder / "optimized")
        return MinMaxResult(plan, tuple(records), self._folded, plan.warnings)

    def _plan_members(self, model: CompressedModel) -> tuple[_MemberPlan, ...]:
        aligned: frozenset[str] = frozenset()
        for record in self.earlier_results:
            if isinstance(record, ChannelAlignmentResult):
                aligned |= record.consumers
        batch_size = self.settings.stat_batch_size
        members = []
        for position, member in enumerate(model.members):
            plan = plan_member(model.snapshot(position), self.settings, member.name, aligned)
            estimators = {quantizer.name: self._estimator(quantizer) for quantizer in plan.quantizers}
            specs = {
                quantizer.name: range_specs(quantizer, estimators[quantizer.name], batch_size)
                for quantizer in plan.of_kind(QuantizerKind.ACTIVATIONS, QuantizerKind.OUTPUTS)
            }
            members.append(_MemberPlan(plan, estimators, specs))
        return tuple(members)

    def _estimator(self, quantizer: PlannedQuantizer) -> RangeEstimatorConfig:
        stated = quantizer.config.range_estimator or self.settings.estimator_of(quantizer.kind)
        return resolve_range_estimator(stated, quantizer.kind, quantizer.config.scope, quantizer.config.mode)

    def _limits(
        self, model: CompressedModel, position: int, observed: Mapping[StatisticSpec, Array]
    ) -> dict[str, FakeQuantizeLimits]:
        member = self._members[position]
        nodes = NodeIndex(model.members[position].model)
        ranges = []
        for quantizer in member.plan.quantizers:
            estimator = member.estimators[quantizer.name]
            if quantizer.kind == QuantizerKind.WEIGHTS:
                values = constant_value(nodes, quantizer.tensor)
                low, high = weight_range(values, quantizer.granularity, estimator, str(quantizer.tensor))
            else:
                low, high = member.specs[quantizer.name].observed(observed)
            ranges.append(ObservedRange(quantizer, estimator, low, high))
        return limits_of(ranges, pot_exact=member.plan.placement == "pot")


@dataclass(frozen=True)
class _MemberPlan:
    """The plan of one member of the model, and what has to be observed for it."""

    plan: QuantizationPlan
    estimators: Mapping[str, RangeEstimatorConfig]
    specs: Mapping[str, RangeSpecs]


def _merged(members: Sequence[_MemberPlan]) -> QuantizationPlan:
    first, *others = (member.plan for member in members)
    for other in others:
        first = first.merged_with(other)
    return first
