"""The answer of ``openpot.quantize``: the model together with the evidence about it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from openpot.graph.edit import set_metadata
from openpot.graph.stored_size import format_size
from openpot.report.as_json import record_to_json
from openpot.report.as_text import render_record
from openpot.report.model_metadata import SECTION, describe_for_model
from openpot.report.records import QuantizationRecord
from openpot.report.save_result import save_with_record
from openpot.report.verdict import judge_record
from openpot.tables import Table, Tabular
from openpot.typing_aliases import JSONValue, StrPath

if TYPE_CHECKING:
    from openpot.graph.types import Model


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class QuantizationResult(QuantizationRecord, Tabular):
    """A quantized model, ready to compile or save, and what is known about it."""

    model: Model

    def __str__(self) -> str:
        return render_record(self)

    def __repr__(self) -> str:
        sizes = f"{format_size(self.size_before)} -> {format_size(self.size_after)}"
        name = str(self.settings.get("model", "model"))
        return f"{type(self).__name__}({name!r}, status={str(self.status)!r}, size={sizes!r})"

    def _repr_html_(self) -> str:
        """What notebooks show: the top of the report."""
        from openpot.report.page.document import render_summary
        from openpot.report.run_record import parse_run_record

        return render_summary(parse_run_record(self.to_dict()))

    def list_tables(self) -> tuple[Table, ...]:
        """The verdict, and what became of each layer that multiplies."""
        layers = tuple(
            (layer.operation, layer.type, layer.precision, layer.is_integer, layer.multiplications, layer.reason)
            for layer in self.layers
        )
        columns = ("operation", "type", "precision", "INT8", "multiplications", "reason")
        verdict = judge_record(self)
        sentences = tuple((sentence,) for sentence in verdict.sentences)
        return (Table(verdict.title, ("",), sentences), Table("layers", columns, layers))

    @property
    def main_table(self) -> Table:
        """The layers."""
        return self.list_tables()[1]

    def to_dict(self) -> dict[str, JSONValue]:
        """Everything but the model, as plain data that JSON can hold."""
        return record_to_json(self)

    def save(self, folder: StrPath) -> Path:
        """Write ``model.xml``, ``model.bin``, ``run.json`` and ``report.html`` into a folder, all of them or none.

        The model says under ``rt_info/openpot`` with which settings and versions it was made, and from what.

        Args:
            folder: made if it is not there; other files in it are left alone.

        Returns:
            The path of ``model.xml``.

        Raises:
            FileError: the folder cannot be written to; what was there before is whole.
        """
        from openpot.report.page.document import render_content

        signed = self.model.clone()
        set_metadata(signed, describe_for_model(self.settings), SECTION)
        return save_with_record(signed, self.to_dict(), folder, render_content)
