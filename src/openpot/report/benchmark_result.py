"""The answer of ``openpot.benchmark``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from openpot.measure.speed import SpeedResult
from openpot.report.as_json import to_json_value
from openpot.report.as_text import render_speeds
from openpot.tables import Table, Tabular, render_text
from openpot.typing_aliases import JSONValue


@dataclass(frozen=True)
class LayerTime:
    """One node that the device executes.

    Attributes:
        operation: of the model: the one that multiplies, or else the first of those in the node.
        type: the runtime's type of the node.
        precision: what the operation computes with in the second model, or in the only one.
        kernel: which implementation that is.
        milliseconds: in the first model, in exact f32; None where it is part of another node there.
        milliseconds_other: in the second model.
    """

    operation: str
    type: str
    precision: str
    kernel: str
    milliseconds: float | None
    milliseconds_other: float | None = None


@dataclass(frozen=True, repr=False)
class BenchmarkResult(Tabular):
    """How fast one model is, or two of them in turns on the same inputs.

    Attributes:
        model: the name of the model; runs in f32 and in the device's default precision.
        other: the name of the other one, as users run it; None for one model alone.
        device: where they ran.
        speed: ratios with their middle half, and absolute figures; ``INT8`` there is the other model, or the model
            itself in the default precision.
        layers: time of each executed node, the longest first.
        settings: processor and versions.
    """

    model: str
    other: str | None
    device: str
    speed: SpeedResult
    layers: tuple[LayerTime, ...]
    settings: Mapping[str, JSONValue] = field(default_factory=dict)

    def __repr__(self) -> str:
        ratio = self.speed.throughput
        return f"BenchmarkResult({self.model!r}, {self.other!r}, throughput={ratio.median:.2f}x over f32)"

    def list_tables(self) -> tuple[Table, ...]:
        """Absolute figures, then the layers."""
        second = self.other or f"{self.model} by default"
        names = {name: self.model for name in self.speed.milliseconds} | {"INT8": second}
        rows = tuple(
            (
                names[name],
                "as it runs by default" if name == "INT8" else name,
                self.speed.inferences_per_second[name],
                milliseconds,
            )
            for name, milliseconds in self.speed.milliseconds.items()
            if self.other is not None or name in ("f32", "INT8")
        )
        columns = ("model", "precision", "inferences/s", "ms (one at a time)")
        layers = tuple(
            (layer.operation, layer.type, layer.milliseconds, layer.milliseconds_other, layer.precision, layer.kernel)
            for layer in self.layers
        )
        return (
            Table(f"on {self.device}, {self.speed.turns} turns", columns, rows),
            Table("layers", ("operation", "type", "ms f32", "ms other", "precision", "kernel"), layers),
        )

    def __str__(self) -> str:
        absolute, layers = map(render_text, self.list_tables())
        return "\n".join([absolute, "", *render_speeds(self.speed, self.settings), "", layers])

    def to_dict(self) -> dict[str, JSONValue]:
        """Everything as plain data that JSON can hold."""
        return {name: to_json_value(value) for name, value in asdict(self).items()}
