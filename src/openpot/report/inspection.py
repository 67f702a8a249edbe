"""The answer of ``openpot.inspect``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from openpot.graph.stored_size import format_size
from openpot.measure.model_summary import ModelSummary, PortSummary
from openpot.measure.planned_share import PlannedShare
from openpot.placement.plan import QuantizationPlan
from openpot.report.as_json import to_json_value
from openpot.tables import Table, Tabular
from openpot.typing_aliases import JSONValue


@dataclass(frozen=True, repr=False)
class Inspection(Tabular):
    """What a model consists of, and what could be quantized.

    Attributes:
        model: its name.
        target_device: what it would be quantized for.
        summary: inputs, outputs, operations, constants.
        plan: what would be quantized and what not; None where the model is quantized already.
        share: of the multiplications that would be INT8; None without a plan or without multiplications.
        quantized: why there is no plan: what says that the model is quantized already; None if it is not.
    """

    model: str
    target_device: str
    summary: ModelSummary
    plan: QuantizationPlan | None = None
    share: PlannedShare | None = None
    quantized: str | None = None

    def __repr__(self) -> str:
        state = "quantized" if self.quantized else f"{len(self.list_candidates())} operations could be quantized"
        return f"Inspection({self.model!r}, {state}, size={format_size(self.summary.size)!r})"

    def list_candidates(self) -> list[str]:
        """Names of the operations that would be quantized."""
        return [] if self.plan is None else [entry.operation for entry in self.plan.decisions if entry.quantized]

    def list_tables(self) -> tuple[Table, ...]:
        """Inputs and outputs, operations, and the decisions of the plan."""
        summary = self.summary
        ports = [(kind, port) for kind, ports in self._ports.items() for port in ports]
        sizes = ", ".join(f"{kind} {format_size(size)}" for kind, size in summary.constants.items())
        heading = (
            f"{self.model}: {summary.precision}, {format_size(summary.size)} of constants ({sizes}), "
            f"{summary.multiplications:.3g} multiplications for one sample"
            + (" (sizes that are open taken as 32)" if any("?" in port.shape[2:] for port in summary.inputs) else "")
            + (", keeps a state" if summary.has_state else "")
        )
        tables = [
            Table(
                heading,
                ("", "name", "shape", "type", "layout"),
                tuple((kind, port.name, port.shape, port.type, port.layout.strip("[.]")) for kind, port in ports),
            ),
            Table("operations", ("type", "number"), tuple(summary.operations.items())),
        ]
        if self.plan is None:
            return (*tables, Table(str(self.quantized), ("", ""), ()))
        rows = tuple((entry.operation, entry.type, entry.quantized, entry.reason) for entry in self.plan.decisions)
        share = "" if self.share is None else f", {self.share.in_int8:.1%} of the multiplications"
        could = f"{len(self.list_candidates())} operations could be INT8 on {self.target_device}{share}"
        return (*tables, Table(could, ("operation", "type", "INT8", "reason"), rows))

    def to_dict(self) -> dict[str, JSONValue]:
        """Everything as plain data that JSON can hold."""
        return {
            "model": self.model,
            "target_device": self.target_device,
            **{name: to_json_value(value) for name, value in asdict(self.summary).items()},
            "quantized": self.quantized,
            "int8_share": None if self.share is None else self.share.in_int8,
            "plan": None if self.plan is None else self.plan.to_dict(),
        }

    @property
    def _ports(self) -> Mapping[str, tuple[PortSummary, ...]]:
        return {"input": self.summary.inputs, "output": self.summary.outputs}
