"""The answer of ``openpot.compress_weights``: the model together with what is known about it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from openpot.report.as_json import to_json_value
from openpot.report.compression_as_text import render_compression
from openpot.report.compression_record import CompressionRecord
from openpot.report.page.compression import render_compression_content
from openpot.report.save_result import save_with_record
from openpot.typing_aliases import JSONValue, StrPath

if TYPE_CHECKING:
    from openpot.graph.types import Model
    from openpot.report.exported_files import ExportedFiles


@dataclass(frozen=True, kw_only=True, eq=False)
class CompressionResult(CompressionRecord):
    """A model with compressed weights, ready to compile or save, and what is known about it.

    Attributes:
        model: the compressed one.
        exported: the files that it came from, where it is one of an export of optimum-intel.
    """

    model: Model
    exported: ExportedFiles | None = None

    def __str__(self) -> str:
        return render_compression(self)

    def to_dict(self) -> dict[str, JSONValue]:
        """Everything but the model, as plain data that JSON can hold."""
        return compression_to_json(self)

    def save(self, folder: StrPath) -> Path:
        """Write ``model.xml``, ``model.bin``, ``report.html`` and ``run.json`` into a folder, all of them or none.

        A model that optimum-intel exported keeps the name of its file, and what lies beside it (configuration,
        tokenizer) is copied along, so that the folder can be used in place of the export.

        Args:
            folder: made if it is not there; other files in it are left alone.

        Returns:
            The path of ``model.xml``, or of what it is called.

        Raises:
            FileError: the folder cannot be written to; what was there before is whole.
        """
        if self.exported is None:
            return save_with_record(self.model, self.to_dict(), folder, render_compression_content)
        stem, companions = self.exported.stem, self.exported.companions
        return save_with_record(self.model, self.to_dict(), folder, render_compression_content, stem, companions)


def compression_to_json(record: CompressionRecord) -> dict[str, JSONValue]:
    """Everything about a result but the model itself."""
    return {
        "status": str(record.status),
        "settings": to_json_value(record.settings),
        "size_before": record.size_before,
        "size_after": record.size_after,
        "bits_per_weight": record.bits_per_weight,
        "weights": [{**asdict(weights), "bits_per_weight": weights.bits_per_weight} for weights in record.weights],
        "loss": None if record.loss is None else to_json_value(asdict(record.loss)),
        "loss_as_run": None if record.loss_as_run is None else to_json_value(asdict(record.loss_as_run)),
        "speedup": None if record.speedup is None else to_json_value(asdict(record.speedup)),
        "curve": None if record.curve is None else to_json_value(asdict(record.curve)),
        "samples_used": record.samples_used,
        "warnings": list(record.warnings),
        "failed_stages": [to_json_value(asdict(failed)) for failed in record.failed_stages],
    }
