"""What every quantization does to a model first, without changing what it computes."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from openpot.errors import AlreadyQuantizedError
from openpot.graph.edit import revision
from openpot.graph.merge_constants import merge_equal_constants
from openpot.graph.simplify import simplify
from openpot.placement.refuse_quantized import refuse_quantized_model
from openpot.rewrites.fold_batch_norm import fold_batch_norm
from openpot.rewrites.single_precision import compute_in_single_precision

if TYPE_CHECKING:
    from openpot.graph.model import CompressedModel
    from openpot.graph.types import Model

_prepared: WeakKeyDictionary[Model, int] = WeakKeyDictionary()
"""The revision of each model after it was prepared: several algorithms ask for it, and once is enough."""


def prepare_model(model: CompressedModel) -> tuple[str, ...]:
    """Refuse a quantized model, fuse what is spelled out, and fold batch normalisation into the weights before it.

    Models written in half precision compute in f32 afterwards.

    So a network is quantized the same whether it was read from an IR as a front end left it or from the original file.

    Returns:
        The operations that were folded; none if the model was prepared before and not changed since.

    Raises:
        AlreadyQuantizedError: the model is quantized.
    """
    require_unquantized(model)
    folded: list[str] = []
    for member in model.members:
        if _prepared.get(member.model) == revision(member.model):
            continue
        simplify(member.model, f"{member.name}_" if member.name else "")
        compute_in_single_precision(member.model)
        merge_equal_constants(member.model)
        folded += fold_batch_norm(member.model).folded
        _prepared[member.model] = revision(member.model)
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
