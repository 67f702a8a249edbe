"""What is reported about a model whose weights alone were compressed: frozen records, made elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter, ValidationError

from openpot.compression.size_curve import SizeCurve
from openpot.errors import FileError
from openpot.measure.held_out_loss import HeldOutLoss
from openpot.measure.speed import SpeedResult
from openpot.report.records import FailedStage, Status


@dataclass(frozen=True)
class WeightRecord:
    """What became of one weight tensor.

    Attributes:
        operation: who reads it; the first one if several do.
        role: ``layer``, ``table``, ``last product``, or the type of the operation for weights that stay as they are.
        num_weights: how many there are.
        weight_format: how they are stored; None for those that stay as they are.
        group_size: weights that share a scale; 0 for those that stay as they are.
        num_bytes: of codes, scales and zero points; 0 for those that stay as they are.
        error: root of the squared error of the weights as a share of their squares.
        device_reads: the type in which the CPU reads them; None if that is not known.
        by_data: whether the codes were chosen by what the layer reads, not each by itself.
        reason: why so.
    """

    operation: str
    role: str
    num_weights: int
    weight_format: str | None = None
    group_size: int = 0
    num_bytes: int = 0
    error: float = 0.0
    device_reads: str | None = None
    by_data: bool = False
    reason: str = ""

    @property
    def bits_per_weight(self) -> float | None:
        """Stored bits of a weight with its share of scales and zero points; None for those that stay as they are."""
        return 8 * self.num_bytes / self.num_weights if self.weight_format else None


@dataclass(frozen=True, kw_only=True, eq=False)
class CompressionRecord:
    """What is known about a model with compressed weights.

    Attributes:
        status: how it ended.
        size_before: bytes of all constants of the model as it was given.
        size_after: bytes of all constants of the compressed model.
        weights: what became of each weight tensor.
        loss: what held-out samples show, in exact arithmetic; None without data.
        loss_as_run: the same with the runtime's own choice of precision and of dynamic quantization.
        speedup: of the compressed model against the source in turns; None without data.
        samples_used: number of samples that the codes were chosen by.
        warnings: what the user should know.
        failed_stages: what failed without ending the run.
        settings: how the result was made, versions included.
        curve: size against expected loss; None where formats were stated.
    """

    status: Status
    size_before: int
    size_after: int
    weights: tuple[WeightRecord, ...] = ()
    loss: HeldOutLoss | None = None
    loss_as_run: HeldOutLoss | None = None
    speedup: SpeedResult | None = None
    samples_used: int = 0
    warnings: tuple[str, ...] = ()
    failed_stages: tuple[FailedStage, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    curve: SizeCurve | None = None

    @property
    def bits_per_weight(self) -> float | None:
        """Stored bits of a compressed weight, the mean over all of them; None if there are none."""
        compressed = [record for record in self.weights if record.weight_format]
        number = sum(record.num_weights for record in compressed)
        return 8 * sum(record.num_bytes for record in compressed) / number if number else None


def parse_compression(content: Any, where: str = "run.json") -> CompressionRecord:
    """The content of a ``run.json`` of ``openpot compress``; keys that are not needed are passed over.

    Raises:
        FileError: it is damaged.
    """
    try:
        return TypeAdapter(CompressionRecord).validate_python(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise FileError(f"{where!r} is damaged: {place}: {first['msg']}") from error


def is_compression(content: Any) -> bool:
    """Whether this is the content of a ``run.json`` of ``openpot compress``."""
    return isinstance(content, Mapping) and "weights" in content and "plan" not in content
