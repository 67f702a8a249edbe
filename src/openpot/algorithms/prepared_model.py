"""What every quantization does to a model first, without changing what it computes."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from openpot.errors import AlreadyQuantizedError, OpenPotWarning
from openpot.graph.merge_constants import merge_equal_constants
from openpot.graph.revisions import revision
from openpot.graph.simplify import find_fused_operations, simplify
from openpot.placement.refuse_quantized import refuse_quantized_model
from openpot.rewrites.fold_batch_norm import fold_batch_norm
from openpot.rewrites.single_precision import compute_in_single_precision

if TYPE_CHECKING:
    from openpot.graph.model import CompressedModel
    from openpot.graph.types import Model


def prepare_model(model: CompressedModel) -> None:
    """Refuse a quantized model, fuse decomposed operations, and fold batch normalisation into weights before it.

    Models written in half or double precision compute in f32 afterwards.

    So a network is quantized the same whether it was read from an IR as a front end left it or from the original file.
    Several algorithms ask for it: nothing is done to a model that was prepared before and not changed since.

    Raises:
        AlreadyQuantizedError: the model is quantized.
    """
    require_unquantized(model)
    known = model.provenance
    for member in model.members:
        if known.prepared.get(member.name) == revision(member.model):
            continue
        prefix = f"{member.name}_" if member.name else ""
        simplify(member.model, prefix)
        known.folded |= find_fused_operations(member.model, prefix)
        _compute_in_single_precision(member.model)
        merge_equal_constants(member.model)
        known.folded |= fold_batch_norm(member.model).folded
        known.prepared[member.name] = revision(member.model)


def _compute_in_single_precision(model: Model) -> None:
    for name in compute_in_single_precision(model).inputs:
        warnings.warn(
            f"the input {name!r} takes f32 from now on, and not f64: the CPU plugin refuses quantized models that "
            "read f64",
            OpenPotWarning,
            stacklevel=2,
        )


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
