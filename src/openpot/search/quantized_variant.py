"""A quantized model, the units that it consists of, and copies of it with some of them reverted to float."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from openpot.algorithms.min_max import MinMaxResult, QuantizerRecord
from openpot.errors import ModelError
from openpot.graph.model import CompressedModel
from openpot.graph.model_digest import model_digest
from openpot.graph.node_attributes import copy_as_saved
from openpot.graph.node_index import NodeIndex
from openpot.graph.operation_kinds import RECURRENT
from openpot.graph.tensor_id import InputId
from openpot.graph.weights import constant_value
from openpot.layers.linear_layer import find_linear_layers
from openpot.rewrites.compress_weights import compress_model_weights
from openpot.rewrites.insert_bias import find_bias, shift_biases
from openpot.rewrites.remove_fake_quantize import remove_quantizers
from openpot.rewrites.replace_constant_inputs import replace_constant_inputs
from openpot.search.units import Unit, find_units, list_operations
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.types import Model

REVERTED = "stays in float: the metric asked for it"


@dataclass(frozen=True, eq=False)
class QuantizedVariant:
    """One way in which a model was quantized.

    Attributes:
        name: used in records and in the log.
        reference: the float model that was quantized, with batch normalisation folded.
        model: the quantized one.
        min_max: the record of its quantizers.
        target_device: what they were placed for.
        result: the result of the algorithm that quantized it.
    """

    name: str
    reference: CompressedModel
    model: CompressedModel
    min_max: MinMaxResult
    target_device: str
    result: object = None

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """What can be reverted to float, weights included, in topological order."""
        units: list[Unit] = []
        for position in range(len(self.model.members)):
            quantized, reference = self.model.snapshot(position), self.reference.snapshot(position)
            planned = [record.planned for record in self.min_max.quantizers if record.name in quantized]
            units += find_units(reference, quantized, planned, self.target_device, True, self.model.provenance)
            covered = {name for unit in units for name in unit.quantizers}
            for quantizer in planned:
                if quantizer.name not in covered:
                    operations = tuple(dict.fromkeys(reader.node for reader in quantizer.readers))
                    units.append(Unit((quantizer.name,), operations, 1.0))
        return tuple(units)

    @property
    def precision(self) -> str:
        """The precision of reverted units."""
        return "floating-point"

    @property
    def switchable(self) -> tuple[QuantizerRecord, ...]:
        """The quantizers that a trial graph over ``reference`` switches: recurrent layers run in the kernel alone."""
        snapshots = [self.model.snapshot(position) for position in range(len(self.model.members))]
        recurrent = {node.name for snapshot in snapshots for node in snapshot.nodes_of_type(*RECURRENT)}
        return tuple(
            record
            for record in self.min_max.quantizers
            if not any(reader.node in recurrent for reader in record.planned.readers)
        )

    @cached_property
    def digest(self) -> str:
        """A hash of the model."""
        return " ".join(model_digest(member.model) for member in self.model.members)

    @cached_property
    def shifts(self) -> Mapping[str, Array]:
        """Name of each corrected layer -> by how much its bias differs from that of the float model."""
        shifts: dict[str, Array] = {}
        for position, (reference, member) in enumerate(zip(self.reference.members, self.model.members, strict=True)):
            before, after = NodeIndex(reference.model), NodeIndex(member.model)
            for layer in find_linear_layers(self.reference.snapshot(position)):
                name = self.model.provenance.present_name(layer.name)
                try:
                    shift = find_bias(after, name).values - find_bias(before, layer.name).values
                except ModelError:  # the number of channels is not known: such layers are not corrected
                    continue
                if np.any(shift):
                    shifts[layer.name] = shift
        return shifts

    def copy_with_reverted(self, units: Sequence[Unit]) -> CompressedModel:
        """A copy of the model in which these units compute as in the float model."""
        twin = self.model.copy()
        names = [name for unit in units for name in unit.quantizers]
        shifted = {operation for unit in units for operation in unit.operations} & set(self.shifts)
        remove_quantizers(twin, names)
        shift_layers(twin, {layer: -self.shifts[layer] for layer in sorted(shifted)})
        for position in range(len(twin.members)):
            self._restore_weights(position, twin, {name for unit in units for name in unit.operations})
        return twin

    def _restore_weights(self, position: int, twin: CompressedModel, operations: set[str]) -> None:
        """Give operations with float weights those of the float model again, if they were tuned."""
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
        removed = {name for unit in units for name in unit.quantizers}
        return self.min_max.revert_to_float(dict.fromkeys(list_operations(units), REVERTED), removed)

    @property
    def num_operations(self) -> int:
        """How many operations are quantized."""
        return len({operation for unit in self.units for operation in unit.operations})


def shift_layers(model: CompressedModel, shifts: Mapping[str, Array]) -> None:
    """Shift the biases of layers, by their original names, in place; layers that the model lacks are passed over."""
    present = {model.provenance.present_name(layer): shift for layer, shift in shifts.items()}
    for member in model.members:
        nodes = NodeIndex(member.model)
        shift_biases(member.model, {name: shift for name, shift in present.items() if name in nodes})


def make_saved_form(model: CompressedModel) -> Model:
    """A copy of a single model with packed weights, as it would be read from its file."""
    twin = model.copy()
    compress_model_weights(twin)
    return copy_as_saved(twin.members[0].model)
