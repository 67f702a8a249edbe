"""Inserts the quantizers of a plan into a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from openpot.errors import ModelError
from openpot.graph.build import fake_quantize
from openpot.graph.edit import ModelEditor
from openpot.graph.node_index import NodeIndex
from openpot.graph.provenance import PRODUCER_SUFFIX
from openpot.graph.snapshot_model import shape_of
from openpot.graph.tensor_id import InputId, TensorId
from openpot.numerics.fake_quantize import FakeQuantizeLimits
from openpot.numerics.granularity import spread_group_limits
from openpot.numerics.saturation import SATURATION_FACTOR
from openpot.placement.plan import PlannedQuantizer, QuantizationPlan
from openpot.scheme import PerGroup, PerTensor
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.model import CompressedModel
    from openpot.graph.types import Model


@dataclass(frozen=True)
class InsertResult:
    """Names of the inserted FakeQuantize operations in plan order, and operations renamed (old name -> new name)."""

    inserted: tuple[str, ...]
    renamed: Mapping[str, str]

    @property
    def changed(self) -> bool:
        """Whether the model is another one now."""
        return bool(self.inserted)


def insert_quantizers(
    model: CompressedModel, position: int, plan: QuantizationPlan, limits: Mapping[str, FakeQuantizeLimits]
) -> InsertResult:
    """:func:`insert_fake_quantize` for one member of a CompressedModel, whose provenance takes note of new names."""
    result = insert_fake_quantize(model.members[position].model, plan, limits)
    model.provenance.record_renames(result.renamed)
    return result


def insert_fake_quantize(
    model: Model, plan: QuantizationPlan, limits: Mapping[str, FakeQuantizeLimits]
) -> InsertResult:
    """Insert every quantizer of ``plan`` into ``model``, in place.

    Args:
        model: The model that the plan was made for, its sub-graph bodies included.
        plan: Where quantizers go.
        limits: Quantizer name -> limits of shape ``()``, ``(pairs of limits,)`` (all indices along the channel axes,
            the last axis fastest, then the groups of each) or of the rank of the tensor.

    Weights whose quantizer asks for ``halve_weights`` get limits twice as wide: the integers are those of halved
    weights, and the constant itself is left alone.

    Raises:
        ModelError: Limits are missing or fit neither the tensor nor the planned number of levels; nothing is changed
            then.
    """
    ready = [(quantizer, _check_limits(quantizer, limits)) for quantizer in plan.quantizers]
    with ModelEditor(model) as editor:
        shaped = [(quantizer, shape_limits(editor.nodes, quantizer, values)) for quantizer, values in ready]
        renamed = _rename_producers(editor, plan)
        for quantizer, values in shaped:
            editor.insert_on_inputs(
                _find_tensor(quantizer.tensor, renamed),
                [InputId(renamed.get(reader.node, reader.node), reader.port) for reader in quantizer.readers],
                lambda data, name=quantizer.name, ends=values: fake_quantize(data, ends, name),  # type: ignore[misc]
            )
    return InsertResult(tuple(quantizer.name for quantizer in plan.quantizers), renamed)


def _check_limits(quantizer: PlannedQuantizer, limits: Mapping[str, FakeQuantizeLimits]) -> FakeQuantizeLimits:
    given = limits.get(quantizer.name)
    if given is None:
        raise ModelError(f"no limits were given for the quantizer {quantizer.name!r} on {quantizer.tensor}")
    if given.levels != quantizer.levels:
        raise ModelError(
            f"the quantizer {quantizer.name!r} is planned with {quantizer.levels} levels, its limits are for "
            f"{given.levels}"
        )
    return _double_limits(given) if quantizer.halve_weights else given


def _double_limits(limits: FakeQuantizeLimits) -> FakeQuantizeLimits:
    return replace(
        limits,
        input_low=limits.input_low * SATURATION_FACTOR,
        input_high=limits.input_high * SATURATION_FACTOR,
        output_low=limits.output_low * SATURATION_FACTOR,
        output_high=limits.output_high * SATURATION_FACTOR,
    )


def shape_limits(nodes: NodeIndex, quantizer: PlannedQuantizer, limits: FakeQuantizeLimits) -> FakeQuantizeLimits:
    """The limits in shapes that broadcast with the tensor of ``quantizer``.

    Raises:
        ModelError: the number of limits does not fit the channels of the tensor.
    """
    shape = shape_of(nodes.output(quantizer.tensor))
    sizes = None if shape is None else [1 if size is None else size for size in shape]
    return FakeQuantizeLimits(
        input_low=_broadcast_values(quantizer, limits.input_low, sizes),
        input_high=_broadcast_values(quantizer, limits.input_high, sizes),
        output_low=_broadcast_values(quantizer, limits.output_low, sizes),
        output_high=_broadcast_values(quantizer, limits.output_high, sizes),
        levels=limits.levels,
    )


def _broadcast_values(quantizer: PlannedQuantizer, values: Array, sizes: list[int] | None) -> Array:
    """``values`` in a shape that broadcasts with a tensor of these sizes (1 stands for a dynamic size)."""
    if values.size == 1:
        return values
    if sizes is None or isinstance(quantizer.granularity, PerTensor):
        raise ModelError(
            f"the quantizer {quantizer.name!r} is planned per tensor, its limits have shape {values.shape}"
        )
    if isinstance(quantizer.granularity, PerGroup):
        return spread_group_limits(values, quantizer.granularity, sizes)
    axes = quantizer.granularity.axes
    shape = [size if axis in axes else 1 for axis, size in enumerate(sizes)]
    if len(axes) == 1 and shape[axes[0]] == 1:
        shape[axes[0]] = values.size  # the number of channels is dynamic
    if int(np.prod(shape)) != values.size or (values.ndim == len(sizes) > 1 and list(values.shape) != shape):
        raise ModelError(
            f"the quantizer {quantizer.name!r} needs limits along axes {axes} of a tensor of shape {sizes}, given "
            f"limits of shape {values.shape}"
        )
    return values.reshape(shape)


def _rename_producers(editor: ModelEditor, plan: QuantizationPlan) -> dict[str, str]:
    """Free the names that quantizers take over."""
    renamed: dict[str, str] = {}
    for quantizer in plan.quantizers:
        name = quantizer.tensor.node
        if quantizer.takes_name_of_producer and name not in renamed:
            renamed[name] = name + PRODUCER_SUFFIX
            editor.rename(name, renamed[name])
    return renamed


def _find_tensor(tensor: TensorId, renamed: Mapping[str, str]) -> TensorId:
    return TensorId(renamed.get(tensor.node, tensor.node), tensor.port)
