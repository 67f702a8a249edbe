"""A quantized model of which parts can go back to float, and the units that it consists of."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from openpot.algorithms.min_max import MinMaxResult, QuantizerRecord
from openpot.errors import ModelError
from openpot.graph.model import CompressedModel
from openpot.graph.model_digest import model_digest
from openpot.graph.node_index import NodeIndex
from openpot.graph.tensor_id import InputId
from openpot.graph.weights import constant_value
from openpot.layers.linear_layer import find_linear_layers
from openpot.rewrites.insert_bias import find_bias, shift_biases
from openpot.rewrites.remove_fake_quantize import remove_quantizers
from openpot.rewrites.replace_constant_inputs import replace_constant_inputs
from openpot.search.float_units import find_units
from openpot.search.repair import Unit
from openpot.typing_aliases import Array

BACK_IN_FLOAT = "stays in float: the metric asked for it"


@dataclass(frozen=True, eq=False)
class QuantizedVariant:
    """One way in which a model was quantized.

    Attributes:
        name: what it is called in records and in the log.
        reference: the float model that was quantized, with batch normalisation folded.
        model: the quantized one.
        done: its quantizers.
        target_device: what they were placed for.
        result: what the algorithm that quantized it says.
    """

    name: str
    reference: CompressedModel
    model: CompressedModel
    done: MinMaxResult
    target_device: str
    result: object = None

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """What can go back to float, weights included, in topological order."""
        found: list[Unit] = []
        for position in range(len(self.model.members)):
            quantized = self.model.snapshot(position)
            own = [one.planned for one in self.done.quantizers if one.name in quantized]
            reference, known = self.reference.snapshot(position), self.model.provenance
            found += find_units(reference, quantized, own, self.target_device, True, known)
            covered = {name for unit in found for name in unit.quantizers}
            left = [one for one in own if one.name not in covered]
            found += [Unit((one.name,), tuple(dict.fromkeys(r.node for r in one.readers)), 1.0) for one in left]
        return tuple(found)

    @property
    def precision(self) -> str:
        """What units that go back have."""
        return "floating-point"

    @property
    def switchable(self) -> tuple[QuantizerRecord, ...]:
        """The quantizers that a trial graph over ``reference`` switches."""
        return self.done.quantizers

    @cached_property
    def digest(self) -> str:
        """A hash of the model."""
        return " ".join(model_digest(member.model) for member in self.model.members)

    @cached_property
    def shifts(self) -> Mapping[str, Array]:
        """Name of a layer -> by how much its bias differs from that of the float model; layers that were corrected."""
        found: dict[str, Array] = {}
        for position, (reference, member) in enumerate(zip(self.reference.members, self.model.members, strict=True)):
            before, after = NodeIndex(reference.model), NodeIndex(member.model)
            for layer in find_linear_layers(self.reference.snapshot(position)):
                name = self.model.provenance.present_name(layer.name)
                try:
                    shift = find_bias(after, name).values - find_bias(before, layer.name).values
                except ModelError:  # the number of channels is not known: such layers are not corrected
                    continue
                if np.any(shift):
                    found[layer.name] = shift
        return found

    def copy_with_reverted(self, units: Sequence[Unit]) -> CompressedModel:
        """A copy of the model in which these units compute as in the float model."""
        twin = self.model.copy()
        names = [name for unit in units for name in unit.quantizers]
        back = {operation for unit in units for operation in unit.operations} & set(self.shifts)
        remove_quantizers(twin, names)
        present = {layer: twin.provenance.present_name(layer) for layer in sorted(back)}
        for position, member in enumerate(twin.members):
            nodes = NodeIndex(member.model)
            shift_biases(member.model, {new: -self.shifts[old] for old, new in present.items() if new in nodes})
            self._restore_weights(position, twin, {name for unit in units for name in unit.operations})
        return twin

    def _restore_weights(self, position: int, twin: CompressedModel, operations: set[str]) -> None:
        """Give operations whose weights are in float again those of the float model, if they were tuned."""
        model = twin.members[position].model
        before, after = NodeIndex(self.reference.members[position].model), NodeIndex(model)
        changed: dict[InputId, Array] = {}
        for layer in find_linear_layers(self.reference.snapshot(position)):
            reader = InputId(twin.provenance.present_name(layer.name), layer.weights.port)
            if layer.name not in operations or reader.node not in after:
                continue
            source = after.input(reader).get_source_output()
            original = constant_value(before, layer.constant)
            if source.get_node().get_type_name() != "FakeQuantize" and not np.array_equal(
                constant_value(after, source), original
            ):
                changed[reader] = original
        if changed:
            replace_constant_inputs(model, changed, "float")

    def record_with_reverted(self, units: Sequence[Unit]) -> MinMaxResult:
        """The record of the quantizers without these units."""
        gone = {name for unit in units for name in unit.quantizers}
        return self.done.revert_to_float(dict.fromkeys(list_operations(units), BACK_IN_FLOAT), gone)

    @property
    def num_operations(self) -> int:
        """How many operations are quantized."""
        return len({operation for unit in self.units for operation in unit.operations})


def list_operations(units: Iterable[Unit]) -> tuple[str, ...]:
    """The operations of units, each once."""
    return tuple(dict.fromkeys(operation for unit in units for operation in unit.operations))


def sum_work(units: Iterable[Unit]) -> float:
    """About how many multiplications are made in float."""
    return math.fsum(unit.work for unit in units)
