"""The quantization plan: which tensors get a FakeQuantize of which kind, and why other operations stay in float.

A plan needs no data. It is made from a graph snapshot, can be printed before any inference, and is all that
``insert_fake_quantize`` needs.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum

from openpot.config.quantizer import QuantizerConfig
from openpot.graph.tensor_id import InputId, TensorId
from openpot.scheme import Granularity
from openpot.tables import Table, Tabular
from openpot.typing_aliases import JSONValue


class QuantizerKind(StrEnum):
    """What a FakeQuantize quantizes."""

    WEIGHTS = "weights"
    ACTIVATIONS = "activations"
    OUTPUTS = "outputs"


@dataclass(frozen=True)
class PlannedQuantizer:
    """One FakeQuantize to insert.

    Attributes:
        name: Of the FakeQuantize.
        tensor: What it quantizes.
        readers: The inputs that read it.
        kind: What it quantizes.
        config: Bits, mode and granularity.
        levels: Number of levels.
        group: Number of the group of quantizers that share their limits; None without one.
        halve_weights: Whether the weights are halved so that sums of products do not saturate.
        pairs_along: Axis of the weights along which the processor adds neighbouring products in 16 bits, so that the
            scale of a filter is bounded by sums of neighbours (see :mod:`openpot.numerics.saturation`).
        takes_name_of_producer: Whether it feeds an output of the model and takes the name of the operation that it
            reads, which becomes ``<name>/pre_fq_input``.
    """

    name: str
    tensor: TensorId
    readers: tuple[InputId, ...]
    kind: QuantizerKind
    config: QuantizerConfig
    levels: int
    group: int | None = None
    halve_weights: bool = False
    pairs_along: int | None = None
    takes_name_of_producer: bool = False

    @property
    def granularity(self) -> Granularity:
        """How many values share one pair of limits, with the axes of the tensor."""
        return self.config.granularity

    def to_dict(self) -> dict[str, JSONValue]:
        """Everything as plain data that JSON can hold."""
        return {
            "name": self.name,
            "tensor": str(self.tensor),
            "readers": [str(reader) for reader in self.readers],
            "kind": str(self.kind),
            "mode": str(self.config.mode),
            "num_bits": self.config.num_bits,
            "levels": self.levels,
            "granularity": str(self.granularity),
            "group": self.group,
            "halve_weights": self.halve_weights,
            "pairs_along": self.pairs_along,
        }


@dataclass(frozen=True)
class OperationDecision:
    """What happens to one quantizable operation, with the reason in a sentence."""

    operation: str
    type: str
    quantized: bool
    reason: str
    quantizers: tuple[str, ...] = ()


@dataclass(frozen=True, repr=False)
class QuantizationPlan(Tabular):
    """Quantizers in topological order and a decision for every quantizable operation."""

    target_device: str
    placement: str
    quantizers: tuple[PlannedQuantizer, ...] = ()
    decisions: tuple[OperationDecision, ...] = ()
    warnings: tuple[str, ...] = field(default=())

    def __repr__(self) -> str:
        quantized = sum(decision.quantized for decision in self.decisions)
        return (
            f"QuantizationPlan({self.target_device!r}, {self.placement!r}, quantizers={len(self.quantizers)}, "
            f"quantized={quantized} of {len(self.decisions)} operations)"
        )

    def list_tables(self) -> tuple[Table, ...]:
        """The decisions, one row for each operation."""
        rows = tuple((entry.operation, entry.type, entry.quantized, entry.reason) for entry in self.decisions)
        return (Table(f"plan for {self.target_device}", ("operation", "type", "quantized", "reason"), rows),)

    def to_dict(self) -> dict[str, JSONValue]:
        """The decisions with their reasons, and the quantizers, as plain data that JSON can hold."""
        return {
            "target_device": self.target_device,
            "placement": self.placement,
            "decisions": [{**asdict(decision), "quantizers": [*decision.quantizers]} for decision in self.decisions],
            "quantizers": [quantizer.to_dict() for quantizer in self.quantizers],
            "warnings": list(self.warnings),
        }

    def quantizers_of_kind(self, *kinds: QuantizerKind) -> tuple[PlannedQuantizer, ...]:
        """The quantizers of these kinds."""
        return tuple(quantizer for quantizer in self.quantizers if quantizer.kind in kinds)

    @property
    def layers_with_weights(self) -> frozenset[str]:
        """Names of the operations that read quantized weights."""
        return frozenset(
            reader.node for weights in self.quantizers_of_kind(QuantizerKind.WEIGHTS) for reader in weights.readers
        )

    def revert_to_float(self, reasons: Mapping[str, str], quantizers: Collection[str]) -> QuantizationPlan:
        """The plan without some quantizers, and with operations reverted to float, each for its reason."""
        return replace(
            self,
            quantizers=tuple(quantizer for quantizer in self.quantizers if quantizer.name not in quantizers),
            decisions=tuple(
                replace(decision, quantized=False, reason=reasons[decision.operation], quantizers=())
                if decision.operation in reasons
                else decision
                for decision in self.decisions
            ),
        )

    def merge_with(self, other: QuantizationPlan) -> QuantizationPlan:
        """This plan and that of another graph (a cascade member or a sub-graph body) as one; groups stay apart."""
        taken = 1 + max((each.group for each in self.quantizers if each.group is not None), default=-1)
        moved = tuple(
            quantizer if quantizer.group is None else replace(quantizer, group=quantizer.group + taken)
            for quantizer in other.quantizers
        )
        return replace(
            self,
            quantizers=self.quantizers + moved,
            decisions=self.decisions + other.decisions,
            warnings=self.warnings + other.warnings,
        )
