"""The answer of ``openpot.compress_weights``: the model together with what is known about it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from openpot.report.as_json import to_json_value
from openpot.report.compression_as_text import render_compression
from openpot.report.compression_record import CompressionRecord
from openpot.report.save_result import save_with_record
from openpot.typing_aliases import JSONValue, StrPath

if TYPE_CHECKING:
    from openpot.graph.types import Model


@dataclass(frozen=True, kw_only=True, eq=False)
class CompressionResult(CompressionRecord):
    """A model with compressed weights, ready to compile or save, and what is known about it."""

    model: Model

    def __str__(self) -> str:
        return render_compression(self)

    def to_dict(self) -> dict[str, JSONValue]:
        """Everything but the model, as plain data that JSON can hold."""
        return compression_to_json(self)

    def save(self, folder: StrPath) -> Path:
        """Write ``model.xml``, ``model.bin`` and ``run.json`` into a folder, all of them or none.

        Args:
            folder: made if it is not there; other files in it are left alone.

        Returns:
            The path of ``model.xml``.

        Raises:
            FileError: the folder cannot be written to; what was there before is whole.
        """
        return save_with_record(self.model, self.to_dict(), folder)


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
