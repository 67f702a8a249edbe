"""What the inputs of a model or of a compiled model look like, in the words of the data side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openvino as ov
from openpot.data.input_description import InputDescription
from openpot.graph.metadata import model_info
from openpot.graph.snapshot_model import shape_of
from openpot.inference.named_outputs import clean_name

if TYPE_CHECKING:
    from openpot.graph.types import CompiledModel, Model, Output


def describe_inputs(model: Model | CompiledModel) -> tuple[InputDescription, ...]:
    """One description for each input, in order; an input is known by its tensor names and the name of its node."""
    described = []
    info = model_info(model) if isinstance(model, ov.Model) else {}
    has_state = keeps_state(model)
    for number, port in enumerate(model.inputs):
        node_name = port.get_node().get_friendly_name()
        names = frozenset({*port.get_names(), node_name, clean_name(node_name)})
        name = min(port.get_names(), default=node_name or f"input {number}")
        element_type, layout = port.get_element_type().to_string(), read_declared_layout(port)
        described.append(InputDescription(name, names, shape_of(port), element_type, layout, info, has_state))
    return tuple(described)


def number_inputs(model: Model) -> dict[str, int]:
    """The number of each input, by the name of its Parameter."""
    return {port.get_node().get_friendly_name(): number for number, port in enumerate(model.inputs)}


def keeps_state(model: Model | CompiledModel) -> bool:
    """Whether an inference leaves something behind that the next one reads."""
    if isinstance(model, ov.Model):
        return bool(model.get_variables())
    return bool(model.create_infer_request().query_state())


def read_declared_layout(port: Output) -> str:
    """The order of the axes that the Parameter of an input declares, as OpenVINO prints it; empty if none."""
    node = port.get_node()
    return str(node.get_layout()) if hasattr(node, "get_layout") else ""
