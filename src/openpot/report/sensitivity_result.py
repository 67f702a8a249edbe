"""The answer of ``openpot.sensitivity``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from openpot.report.as_json import to_json_value
from openpot.report.definitions import OUTPUT_ERROR
from openpot.search.sensitivity import UnitSensitivity
from openpot.tables import Table, Tabular
from openpot.typing_aliases import JSONValue

SHOWN_NAMES = 2
"""Of the operations of a unit, so that a row stays a line."""


@dataclass(frozen=True, repr=False)
class Sensitivity(Tabular):
    """Which operations lose most in INT8.

    Attributes:
        model: its name.
        target_device: what it was quantized for.
        error: output error with everything in INT8, before ranges and biases are chosen by the outputs.
        units: operations that are in INT8 together, those first that alone lose most.
        samples: how many samples the errors were measured on.
        settings: processor and versions.
    """

    model: str
    target_device: str
    error: float
    units: tuple[UnitSensitivity, ...]
    samples: int
    settings: Mapping[str, JSONValue] = field(default_factory=dict)

    def __repr__(self) -> str:
        first = f", first={_shorten(self.units[0].operations)!r}" if self.units else ""
        return f"Sensitivity({self.model!r}, error={self.error:.4g}, units={len(self.units)}{first})"

    def list_tables(self) -> tuple[Table, ...]:
        """One row for each unit; all of its operations are in ``units``."""
        title = (
            f"{self.model}: output error {self.error:.4g} with everything in INT8, on {self.samples} samples; errors "
            "with the operation alone in INT8, and with all others in INT8"
        )
        rows = tuple((_shorten(unit.operations), unit.alone, unit.without, unit.work_share) for unit in self.units)
        return (Table(title, ("operations", "alone", "all others", "share of work"), rows),)

    def to_dict(self) -> dict[str, JSONValue]:
        """Everything as plain data that JSON can hold."""
        content = {name: to_json_value(value) for name, value in asdict(self).items()}
        return {**content, "definitions": {"output_error": OUTPUT_ERROR}}


def _shorten(operations: Sequence[str]) -> str:
    first = ", ".join(operations[:SHOWN_NAMES])
    return first if len(operations) <= SHOWN_NAMES else f"{first} and {len(operations) - SHOWN_NAMES} more"
