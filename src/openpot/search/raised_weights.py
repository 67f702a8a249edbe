"""A model with weights of 8 bits of which layers can be raised to 16: the units of a search for GNA.

What is "in float" in the words of the search has 16-bit weights here; the reference is the model with 16 bits
everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from openpot.algorithms.min_max import MinMaxResult, QuantizerRecord
from openpot.graph.model import CompressedModel
from openpot.graph.node_index import NodeIndex
from openpot.placement.plan import QuantizerKind
from openpot.rewrites.insert_bias import shift_biases
from openpot.rewrites.insert_fake_quantize import insert_quantizers
from openpot.rewrites.remove_fake_quantize import remove_quantizers
from openpot.search.float_units import estimate_work
from openpot.search.quantized_variant import QuantizedVariant
from openpot.search.repair import Unit


@dataclass(frozen=True, eq=False)
class RaisedWeights(QuantizedVariant):
    """See the module.

    Attributes:
        raised: the quantizers of the reference.
        unfinished: ``model`` as it was before ``finish``.
        finish: what is done to every model at last, in place.
    """

    raised: MinMaxResult = field(kw_only=True)
    unfinished: CompressedModel = field(kw_only=True)
    finish: Callable[[CompressedModel], object] = field(kw_only=True)

    @cached_property
    def _higher(self) -> Mapping[str, QuantizerRecord]:
        """Quantizers of weights that have more levels in the reference, by name."""
        levels = {one.name: one.planned.levels for one in self.done.quantizers}
        return {
            one.name: one
            for one in self.raised.quantizers
            if one.planned.kind == QuantizerKind.WEIGHTS and one.planned.levels > levels.get(one.name, 1 << 32)
        }

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """One for each quantizer of 8-bit weights that can have 16 bits."""
        snapshot = self.reference.snapshot()
        found = []
        for name, record in self._higher.items():
            operations = tuple(dict.fromkeys(reader.node for reader in record.planned.readers))
            work = sum(estimate_work(snapshot, one) for one in operations if one in snapshot)
            found.append(Unit((name,), operations, work or 1.0))
        return tuple(found)

    @property
    def precision(self) -> str:
        """What units that are raised have."""
        return "INT16"

    @property
    def switchable(self) -> tuple[QuantizerRecord, ...]:
        """The quantizers of 8-bit weights: switched off, the 16-bit weights of the reference act."""
        return tuple(one for one in self.done.quantizers if one.name in self._higher)

    def copy_with_reverted(self, units: Sequence[Unit]) -> CompressedModel:
        """A copy of the model in which these units have weights of 16 bits."""
        twin = self.unfinished.copy()
        names = [name for unit in units for name in unit.quantizers]
        back = {operation for unit in units for operation in unit.operations} & set(self.shifts)
        graph = twin.members[0].model
        remove_quantizers(twin, names)
        records = [self._higher[name] for name in names]
        plan = replace(self.raised.plan, quantizers=tuple(one.planned for one in records), decisions=())
        insert_quantizers(twin, 0, plan, {one.name: one.limits for one in records})
        nodes, present = NodeIndex(graph), {layer: twin.provenance.present_name(layer) for layer in sorted(back)}
        shift_biases(graph, {new: -self.shifts[old] for old, new in present.items() if new in nodes})
        self.finish(twin)
        return twin

    def record_with_reverted(self, units: Sequence[Unit]) -> MinMaxResult:
        """The record of the quantizers, those of these units with 16 bits."""
        raised = {name: self._higher[name] for unit in units for name in unit.quantizers}
        planned = tuple(raised[one.name].planned if one.name in raised else one for one in self.done.plan.quantizers)
        quantizers = tuple(raised.get(one.name, one) for one in self.done.quantizers)
        return replace(self.done, plan=replace(self.done.plan, quantizers=planned), quantizers=quantizers)
