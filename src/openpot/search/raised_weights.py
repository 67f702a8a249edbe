"""A model with weights of 8 bits whose layers can be raised to 16 bits: a variant for GNA, which runs nothing in float.

Units that are "reverted to float" for the search have 16-bit weights here; the reference is the model with 16 bits
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
from openpot.search.quantized_variant import QuantizedVariant
from openpot.search.units import Unit, estimate_work


@dataclass(frozen=True, eq=False)
class RaisedWeights(QuantizedVariant):
    """A variant whose units are raised to 16 bits instead of being reverted to float.

    Attributes:
        raised: the quantizers of the reference.
        unfinished: ``model`` as it was before ``finish``.
        finish: changes every model in place after its weights were chosen.
    """

    raised: MinMaxResult = field(kw_only=True)
    unfinished: CompressedModel = field(kw_only=True)
    finish: Callable[[CompressedModel], object] = field(kw_only=True)

    @cached_property
    def _higher(self) -> Mapping[str, QuantizerRecord]:
        """Quantizers of weights that have more levels in the reference, by name."""
        levels = {record.name: record.planned.levels for record in self.min_max.quantizers}
        weights = [record for record in self.raised.quantizers if record.planned.kind == QuantizerKind.WEIGHTS]
        return {record.name: record for record in weights if record.planned.levels > levels.get(record.name, 1 << 32)}

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """One for each quantizer of 8-bit weights that can have 16 bits."""
        snapshot = self.reference.snapshot()
        units = []
        for name, record in self._higher.items():
            operations = tuple(dict.fromkeys(reader.node for reader in record.planned.readers))
            work = sum(estimate_work(snapshot, operation) for operation in operations if operation in snapshot)
            units.append(Unit((name,), operations, work or 1.0))
        return tuple(units)

    @property
    def precision(self) -> str:
        """The precision of raised units."""
        return "INT16"

    @property
    def switchable(self) -> tuple[QuantizerRecord, ...]:
        """The quantizers of 8-bit weights: switched off, the 16-bit weights of the reference act."""
        return tuple(record for record in self.min_max.quantizers if record.name in self._higher)

    def copy_with_reverted(self, units: Sequence[Unit]) -> CompressedModel:
        """A copy of the model in which these units have weights of 16 bits."""
        twin = self.unfinished.copy()
        names = [name for unit in units for name in unit.quantizers]
        shifted = {operation for unit in units for operation in unit.operations} & set(self.shifts)
        graph = twin.members[0].model
        remove_quantizers(twin, names)
        records = [self._higher[name] for name in names]
        plan = replace(self.raised.plan, quantizers=tuple(record.planned for record in records), decisions=())
        insert_quantizers(twin, 0, plan, {record.name: record.limits for record in records})
        nodes, present = NodeIndex(graph), {layer: twin.provenance.present_name(layer) for layer in sorted(shifted)}
        shift_biases(graph, {new: -self.shifts[old] for old, new in present.items() if new in nodes})
        self.finish(twin)
        return twin

    def record_with_reverted(self, units: Sequence[Unit]) -> MinMaxResult:
        """The record of the quantizers, those of these units with 16 bits."""
        raised = {name: self._higher[name] for unit in units for name in unit.quantizers}
        planned = tuple(
            raised[quantizer.name].planned if quantizer.name in raised else quantizer
            for quantizer in self.min_max.plan.quantizers
        )
        quantizers = tuple(raised.get(record.name, record) for record in self.min_max.quantizers)
        return replace(self.min_max, plan=replace(self.min_max.plan, quantizers=planned), quantizers=quantizers)
