"""The answer of ``openpot.evaluate``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from openpot.report.as_json import to_json_value
from openpot.tables import Table, Tabular
from openpot.typing_aliases import JSONValue


@dataclass(frozen=True, repr=False)
class Evaluation(Tabular):
    """A metric of one model.

    Attributes:
        model: its name.
        values: by name.
        intervals: the 95 % interval of each value when samples are drawn anew (bootstrap), where it is known.
        samples: how many samples the data set has.
        settings: how it was made, versions included.
    """

    model: str
    values: Mapping[str, float]
    intervals: Mapping[str, tuple[float, float]]
    samples: int
    settings: Mapping[str, JSONValue] = field(default_factory=dict)

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={value:.4g}" for name, value in self.values.items())
        return f"Evaluation({self.model!r}, {values}, samples={self.samples})"

    def list_tables(self) -> tuple[Table, ...]:
        """One row for each value."""
        rows = tuple((name, value, *self.intervals.get(name, (None, None))) for name, value in self.values.items())
        title = f"{self.model}, over {self.samples} samples"
        return (Table(title, ("metric", "value", "95 % from", "95 % to"), rows),)

    def to_dict(self) -> dict[str, JSONValue]:
        """Everything as plain data that JSON can hold."""
        return {
            "model": self.model,
            "values": to_json_value(self.values),
            "intervals": to_json_value(self.intervals),
            "samples": self.samples,
            "settings": to_json_value(self.settings),
        }
