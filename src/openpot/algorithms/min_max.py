"""Min-max quantization: FakeQuantize where the plan wants it, with limits from constants and from calibration.

Weights are known, so their limits are computed from the constants. Limits of activations come from what the range
estimator observes at every inference (by default the extremes) and how it combines the inferences. By default openpot's
own placement takes the widest range seen, because clipping what calibration did not show is the worse error on most
networks (``docs/accuracy.md``); POT's placement averages over the inferences where a tensor has one range.
"""

from __future__ import annotations

import logging
import operator
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from openpot.algorithms.calibrated import CalibratedAlgorithm
from openpot.algorithms.context import Calibration
from openpot.algorithms.placement import plan_member
from openpot.algorithms.prepared_model import prepare_model
from openpot.algorithms.unseen_tensors import complete_limits, describe_unseen, leave_in_float
from openpot.config.algorithms import MinMaxConfig
from openpot.config.range_estimator import RangeEstimatorConfig, resolve_range_estimator
from openpot.graph.node_index import NodeIndex
from openpot.graph.weights import constant_value
from openpot.numerics.fake_quantize import FakeQuantizeLimits
from openpot.placement.plan import PlannedQuantizer, QuantizationPlan, QuantizerKind
from openpot.rewrites.insert_fake_quantize import insert_quantizers
from openpot.scheme import QuantizationMode
from openpot.statistics.calibration_subset import CalibrationSubset
from openpot.statistics.quantizer_limits import ObservedRange, compute_quantizer_limits
from openpot.statistics.range_statistics import RangeSpecs, make_symmetric, specify_range, widen_estimator
from openpot.statistics.weight_ranges import compute_weight_range, prevent_overflow

if TYPE_CHECKING:
    from openpot.graph.model import CompressedModel
    from openpot.graph.snapshot import GraphSnapshot
    from openpot.statistics.spec import StatisticSpec
    from openpot.typing_aliases import Array

logger = logging.getLogger(__name__)

NOTHING_QUANTIZED = "nothing was quantized: the model has no operation that pays, or all were left out; see the plan"


@dataclass(frozen=True, eq=False)
class QuantizerRecord:
    """One FakeQuantize that was inserted: what was planned, and the limits that calibration gave it."""

    planned: PlannedQuantizer
    limits: FakeQuantizeLimits

    @property
    def name(self) -> str:
        """Full name of the FakeQuantize."""
        return self.planned.name


@dataclass(frozen=True, eq=False)
class MinMaxResult:
    """What MinMaxQuantization did.

    Attributes:
        plan: every decision, of all members of a cascade.
        quantizers: every FakeQuantize with its limits, in topological order.
        folded: operations that were folded into weights beforehand.
        warnings: what the user should know.
        average: name -> limits that the average range of the samples would give, where that was asked for.
    """

    plan: QuantizationPlan
    quantizers: tuple[QuantizerRecord, ...]
    folded: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    average: Mapping[str, FakeQuantizeLimits] = field(default_factory=dict)

    def replace_limits(self, limits: Mapping[str, FakeQuantizeLimits]) -> MinMaxResult:
        """The same with other limits of the quantizers that are named."""
        quantizers = (
            replace(quantizer, limits=limits.get(quantizer.name, quantizer.limits)) for quantizer in self.quantizers
        )
        return replace(self, quantizers=tuple(quantizers))

    def revert_to_float(self, reasons: Mapping[str, str], quantizers: Collection[str]) -> MinMaxResult:
        """The same without these quantizers; the plan says why operations, by name, stay in float."""
        left = tuple(quantizer for quantizer in self.quantizers if quantizer.name not in quantizers)
        return replace(self, plan=self.plan.revert_to_float(reasons, quantizers), quantizers=left)


class MinMaxQuantization(CalibratedAlgorithm[MinMaxConfig]):
    """Inserts FakeQuantize operations and gives them limits.

    ``result`` is a :class:`MinMaxResult`. Keys: those of :class:`openpot.config.algorithms.MinMaxConfig`.

    Args:
        config: parameters.
        engine: runs the model on the calibration samples.
        offers_average_ranges: also observe the average range of every tensor whose estimator was left open, and say in
            the result which symmetric limits it gives.
        stops_early: end the calibration when the ranges have converged.
    """

    name = "MinMaxQuantization"
    config_class: ClassVar = MinMaxConfig

    def __init__(
        self, config: Any = None, engine: Any = None, *, offers_average_ranges: bool = False, stops_early: bool = False
    ) -> None:
        super().__init__(config, engine)
        self._planned_on: tuple[GraphSnapshot, ...] = ()
        self._members: tuple[_MemberPlan, ...] = ()
        self._offers_average_ranges, self._stops_early = offers_average_ranges, stops_early

    def calibration_subset(self) -> CalibrationSubset:
        """The samples that the settings ask for."""
        return replace(super().calibration_subset(), early_stop=self._stops_early)

    def update_config(self, config: Mapping[str, Any]) -> None:
        """Replace the parameters; the next plan follows them."""
        super().update_config(config)
        self._planned_on = ()

    def prepare(self, model: CompressedModel) -> None:
        """Fold batch normalisation into weights: what follows sees the weights that will be quantized.

        Raises:
            AlreadyQuantizedError: the model holds FakeQuantize operations.
        """
        prepare_model(model)

    def plan(self, model: CompressedModel) -> QuantizationPlan:
        """What would be quantized how, and why the rest is not; needs no data and changes nothing."""
        self._plan_members(model)
        return _merge_plans([member.plan for member in self._members])

    def required_statistics(self, model: CompressedModel) -> tuple[StatisticSpec, ...]:
        """Both ends of every planned quantizer of activations."""
        self._plan_members(model)
        return tuple(
            spec
            for member in self._members
            for asked in (member.specs, member.average)
            for specs in asked.values()
            for spec in specs.all
        )

    def apply(self, model: CompressedModel, calibration: Calibration) -> MinMaxResult:
        """Insert the quantizers of the plan with the limits that follow from constants and statistics."""
        records: list[QuantizerRecord] = []
        plans: list[QuantizationPlan] = []
        warnings: list[str] = []
        average: dict[str, FakeQuantizeLimits] = {}
        for position, member in enumerate(self._members):
            ranges = self._collect_ranges(model, position, calibration.statistics)
            complete = complete_limits(
                member.plan, compute_quantizer_limits(ranges, pot_exact=member.plan.placement == "pot")
            )
            warnings += [_warn_of_zeros(entry) for entry in ranges if entry.is_zero]
            average |= _compute_average_limits(member, ranges, calibration.statistics)
            insert_quantizers(model, position, member.plan, complete.limits)
            if complete.unseen:
                warnings.append(describe_unseen(complete.unseen))
            plans.append(leave_in_float(model, position, member.plan, complete.unseen))
            records += [QuantizerRecord(planned, complete.limits[planned.name]) for planned in plans[-1].quantizers]
        plan = _merge_plans(plans)
        average = {
            quantizer.name: average[quantizer.name] for quantizer in plan.quantizers if quantizer.name in average
        }
        if not records:
            warnings.append(NOTHING_QUANTIZED)
            logger.warning(NOTHING_QUANTIZED)
        self._planned_on = ()
        if self.settings.dump_intermediate_model:
            folder = self.settings.exec_log_dir or Path.cwd()
            model.save(folder / "optimized")
        folded = tuple(model.provenance.folded)
        return MinMaxResult(plan, tuple(records), folded, (*plan.warnings, *warnings), average)

    def _plan_members(self, model: CompressedModel) -> None:
        """Make the plans, unless they were made for the model as it is now."""
        snapshots = tuple(model.snapshot(position) for position in range(len(model.members)))
        if len(snapshots) == len(self._planned_on) and all(map(operator.is_, snapshots, self._planned_on)):
            return
        batch_size = self.settings.stat_batch_size
        members = []
        for snapshot, member in zip(snapshots, model.members, strict=True):
            plan = plan_member(snapshot, self.settings, member.name, self.context.aligned_layers)
            estimators = {quantizer.name: self._choose_estimator(quantizer) for quantizer in plan.quantizers}
            specs = {
                quantizer.name: specify_range(quantizer, estimators[quantizer.name], batch_size)
                for quantizer in plan.quantizers_of_kind(QuantizerKind.ACTIVATIONS, QuantizerKind.OUTPUTS)
            }
            average = {
                quantizer.name: specify_range(
                    make_symmetric(quantizer), _choose_average_estimator(quantizer), batch_size
                )
                for quantizer in plan.quantizers_of_kind(QuantizerKind.ACTIVATIONS)
                if self._offers_average_ranges and self._find_stated_estimator(quantizer) is None
            }
            members.append(_MemberPlan(plan, estimators, specs, average))
        self._planned_on, self._members = snapshots, tuple(members)

    def _choose_estimator(self, quantizer: PlannedQuantizer) -> RangeEstimatorConfig:
        stated_estimator = self._find_stated_estimator(quantizer)
        estimator = resolve_range_estimator(
            stated_estimator, quantizer.kind, quantizer.granularity, quantizer.config.mode
        )
        takes_widest = (
            stated_estimator is None
            and self.settings.placement == "openpot"
            and quantizer.kind != QuantizerKind.WEIGHTS
        )
        return widen_estimator(estimator) if takes_widest else estimator

    def _find_stated_estimator(self, quantizer: PlannedQuantizer) -> RangeEstimatorConfig | None:
        return quantizer.config.range_estimator or self.settings.find_estimator(quantizer.kind)

    def _collect_ranges(
        self, model: CompressedModel, position: int, observed: Mapping[StatisticSpec, Array]
    ) -> list[ObservedRange]:
        member = self._members[position]
        nodes = NodeIndex(model.members[position].model)
        ranges = []
        for quantizer in member.plan.quantizers:
            estimator = member.estimators[quantizer.name]
            if quantizer.kind == QuantizerKind.WEIGHTS:
                values = constant_value(nodes, quantizer.tensor)
                low, high = compute_weight_range(values, quantizer.granularity, estimator, str(quantizer.tensor))
                high = prevent_overflow(high, values, quantizer)
            else:
                specs = member.specs[quantizer.name]
                if not specs.is_in(observed):
                    continue
                low, high = specs.read_ends(observed)
            ranges.append(ObservedRange(quantizer, estimator, low, high))
        return ranges


@dataclass(frozen=True)
class _MemberPlan:
    """The plan of one member of the model, and what has to be observed for it."""

    plan: QuantizationPlan
    estimators: Mapping[str, RangeEstimatorConfig]
    specs: Mapping[str, RangeSpecs]
    average: Mapping[str, RangeSpecs]


def _choose_average_estimator(quantizer: PlannedQuantizer) -> RangeEstimatorConfig:
    return resolve_range_estimator(None, quantizer.kind, quantizer.granularity, QuantizationMode.SYMMETRIC)


def _compute_average_limits(
    member: _MemberPlan, ranges: Sequence[ObservedRange], observed: Mapping[StatisticSpec, Array]
) -> dict[str, FakeQuantizeLimits]:
    """Symmetric limits of the quantizers that average ranges were observed of; groups stay together."""
    average_ranges = [
        replace(entry, quantizer=make_symmetric(entry.quantizer), low=ends[0], high=ends[1])
        for entry in ranges
        if entry.quantizer.name in member.average
        for ends in [member.average[entry.quantizer.name].read_ends(observed)]
    ]
    return compute_quantizer_limits(average_ranges, pot_exact=False)


def _warn_of_zeros(entry: ObservedRange) -> str:
    return (
        f"{entry.quantizer.tensor} is zero for all calibration samples: if other samples give it values, calibrate "
        "with such samples too"
    )


def _merge_plans(plans: Sequence[QuantizationPlan]) -> QuantizationPlan:
    first, *others = plans
    for other in others:
        first = first.merge_with(other)
    return first
