"""The answer of ``openpot.quantize``: the model together with the evidence about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from openpot.report.as_json import record_as_json
from openpot.report.as_text import record_as_text
from openpot.report.records import QuantizationRecord
from openpot.typing_aliases import JSONValue

if TYPE_CHECKING:
    from openpot.graph.types import Model


@dataclass(frozen=True, kw_only=True, eq=False)
class QuantizationResult(QuantizationRecord):
    """A quantized model, ready to compile or save, and what is known about it."""

    model: Model

    def __str__(self) -> str:
        return record_as_text(self)

    def to_dict(self) -> dict[str, JSONValue]:
        """Everything but the model, as plain data that JSON can hold."""
        return record_as_json(self)
