"""The answer of ``openpot.compare``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from openpot.measure.default_precision import DefaultPrecision
from openpot.measure.output_distance import OutputDistance, find_worst_error
from openpot.measure.speed import SpeedResult
from openpot.report.as_json import to_json_value
from openpot.report.as_text import render_default_precision, render_output_errors, render_speeds
from openpot.report.definitions import OUTPUT_ERROR
from openpot.tables import Table, Tabular, render_text
from openpot.typing_aliases import JSONValue


@dataclass(frozen=True)
class LayerComparison:
    """One layer that both models have under one name.

    Attributes:
        operation: its name.
        type: of the operation.
        error: distance of its output, after the bias, as a share of its variation between samples: what all layers up
            to it have brought together; None where the output does not vary.
        sqnr_db: signal to noise in decibel; None without noise.
        precision: what the first model computes it in; empty where the executed graph does not say.
        precision_other: what the second one does.
    """

    operation: str
    type: str
    error: float | None
    sqnr_db: float | None
    precision: str = ""
    precision_other: str = ""


@dataclass(frozen=True, repr=False)
class Comparison(Tabular):
    """Two models on the same samples.

    Attributes:
        model: the name of the first one, the reference, in exact f32 where it is not INT8.
        other: the name of the second one.
        outputs: distance of each output.
        layers: of each layer that both have, in the order of the model.
        samples: how many were compared.
        speed: of the second model over the first, in turns; None where nothing was timed.
        default_precision: what the precision does that the device chooses by default; None where that is f32, or
            nothing was timed.
        settings: processor and versions.
    """

    model: str
    other: str
    outputs: tuple[OutputDistance, ...]
    layers: tuple[LayerComparison, ...]
    samples: int
    speed: SpeedResult | None = None
    default_precision: DefaultPrecision | None = None
    settings: Mapping[str, JSONValue] = field(default_factory=dict)

    @property
    def worst_error(self) -> float:
        """Error of the worst output."""
        return find_worst_error(self.outputs)

    def __repr__(self) -> str:
        return f"Comparison({self.model!r}, {self.other!r}, output_error={self.worst_error:.4g})"

    def list_tables(self) -> tuple[Table, ...]:
        """The outputs, then the layers."""
        outputs = tuple((entry.output, entry.relative, entry.sqnr_db, str(entry.comparison)) for entry in self.outputs)
        layers = tuple(
            (layer.operation, layer.type, layer.error, layer.sqnr_db, layer.precision, layer.precision_other)
            for layer in self.layers
        )
        title = f"{self.other} beside {self.model}, over {self.samples} samples"
        return (
            Table(title, ("output", "error", "SQNR dB", "compared by"), outputs),
            Table("layers", ("operation", "type", "error", "SQNR dB", "computed in", "other in"), layers),
        )

    def __str__(self) -> str:
        title = f"{self.other} beside {self.model}"
        lines = [title, *render_output_errors(self.outputs), *render_default_precision(self.default_precision)]
        if self.speed is not None:
            lines += ["", *render_speeds(self.speed, self.settings)]
        return "\n".join([*lines, "", render_text(self.list_tables()[1])])

    def to_dict(self) -> dict[str, JSONValue]:
        """Everything as plain data that JSON can hold."""
        content = {name: to_json_value(value) for name, value in asdict(self).items()}
        return {**content, "definitions": {"output_error": OUTPUT_ERROR}}
