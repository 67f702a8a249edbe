"""What a model consists of: inputs, outputs, operations, constants, multiplications."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from openpot.data.input_description import format_shape
from openpot.graph.node_index import bodies
from openpot.graph.snapshot_model import shape_of
from openpot.graph.stored_precision import name_stored_precision
from openpot.graph.stored_size import count_stored_bytes
from openpot.inference.model_inputs import keeps_state, read_declared_layout
from openpot.inference.named_outputs import list_output_names
from openpot.measure.work import count_for_one_sample

if TYPE_CHECKING:
    from openpot.graph.types import Model


@dataclass(frozen=True)
class PortSummary:
    """An input or output: name, shape with ``?`` for sizes that are open, element type, and declared layout."""

    name: str
    shape: str
    type: str
    layout: str = ""


@dataclass(frozen=True)
class ModelSummary:
    """A model at a glance.

    Attributes:
        inputs: in their order.
        outputs: in their order.
        operations: how many there are of each type, the most frequent first; bodies included.
        precision: that of most weights.
        size: bytes of all constants.
        constants: bytes by element type.
        multiplications: about how many an inference of one sample makes; sizes that stay open count as 32.
        has_state: whether the model keeps a state between inferences.
    """

    inputs: tuple[PortSummary, ...]
    outputs: tuple[PortSummary, ...]
    operations: Mapping[str, int]
    precision: str
    size: int
    constants: Mapping[str, int]
    multiplications: float
    has_state: bool


def summarize_model(model: Model) -> ModelSummary:
    """Look at a model; nothing is compiled."""
    nodes = [node for graph in (model, *bodies(model).values()) for node in graph.get_ordered_ops()]
    constants: Counter[str] = Counter()
    for node in nodes:
        if node.get_type_name() == "Constant":
            constants[node.get_element_type().to_string()] += int(node.get_byte_size())
    types = Counter(str(node.get_type_name()) for node in nodes)
    return ModelSummary(
        inputs=tuple(
            PortSummary(
                min(port.get_names(), default=str(port.get_node().get_friendly_name())),
                format_shape(shape_of(port)),
                port.get_element_type().to_string(),
                read_declared_layout(port),
            )
            for port in model.inputs
        ),
        outputs=tuple(
            PortSummary(
                min(port.get_names(), default=name), format_shape(shape_of(port)), port.get_element_type().to_string()
            )
            for name, port in zip(list_output_names(model), model.outputs, strict=True)
        ),
        operations=dict(types.most_common()),
        precision=name_stored_precision(model),
        size=count_stored_bytes(model),
        constants=dict(constants.most_common()),
        multiplications=count_for_one_sample(model),
        has_state=keeps_state(model),
    )
