"""What every quantization does to a model first, without changing what it computes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openpot.errors import AlreadyQuantizedError
from openpot.rewrites.fold_batch_norm import fold_batch_norm
from openpot.rewrites.refuse_quantized import refuse_quantized_model

if TYPE_CHECKING:
    from openpot.graph.model import CompressedModel


def prepare_model(model: CompressedModel) -> tuple[str, ...]:
    """Refuse a quantized model, then fold batch normalisation into the weights before it.

    Returns:
        The operations that were folded.

    Raises:
        AlreadyQuantizedError: the model is quantized.
    """
    require_unquantized(model)
    folded: list[str] = []
    for member in model.members:
        folded += fold_batch_norm(member.model).folded
    return tuple(folded)


def require_unquantized(model: CompressedModel) -> None:
    """Refuse a model that is quantized, or that has a quantized member or sub-graph body.

    Raises:
        AlreadyQuantizedError: it is.
    """
    for position, member in enumerate(model.members):
        for snapshot in model.snapshots(position).values():
            try:
                refuse_quantized_model(snapshot)
            except AlreadyQuantizedError as error:
                raise AlreadyQuantizedError(f"{member.name}: {error}" if member.name else str(error)) from None
