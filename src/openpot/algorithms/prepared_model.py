"""What every quantization does to a model first, without changing what it computes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openpot.errors import AlreadyQuantizedError
from openpot.rewrites.fold_batch_norm import fold_batch_norm

if TYPE_CHECKING:
    from openpot.graph.model import CompressedModel


def prepare_model(model: CompressedModel) -> tuple[str, ...]:
    """Refuse a quantized model, then fold batch normalisation into the weights before it.

    Returns:
        The operations that were folded.

    Raises:
        AlreadyQuantizedError: the model holds FakeQuantize operations.
    """
    require_unquantized(model)
    folded: list[str] = []
    for member in model.members:
        folded += fold_batch_norm(member.model).folded
    return tuple(folded)


def require_unquantized(model: CompressedModel) -> None:
    """Refuse a model that holds FakeQuantize operations, in sub-graph bodies too.

    Raises:
        AlreadyQuantizedError: it does.
    """
    for position, member in enumerate(model.members):
        found = [node.name for graph in model.snapshots(position).values() for node in graph.of_type("FakeQuantize")]
        if found:
            which = f"the model {member.name!r} of the cascade" if member.name else "the model"
            raise AlreadyQuantizedError(
                f"{which} is quantized already: it holds {len(found)} FakeQuantize operations, the first is "
                f"{found[0]!r}; start from the model in floating point"
            )
