"""A model that keeps a state as one that is given its state: what an inference reads becomes further inputs of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openpot.errors import ModelError
from openpot.graph.build import model as build_model
from openpot.graph.build import model_with_results, parameter, result
from openpot.graph.edit import ModelEditor
from openpot.graph.revisions import clone_model

if TYPE_CHECKING:
    from openpot.graph.types import Model, Node


def make_stateless(source: Model) -> Model:
    """A copy whose states are inputs, after the inputs of the model in the order of its ``ReadValue`` operations.

    What an inference would leave as the next state is not among the outputs.

    Raises:
        ModelError: a state has no known rank, or is kept by a sub-graph body.
    """
    copy = clone_model(source)
    readers = _find_readers(copy)
    if len({node.get_variable_id() for node in readers}) < len(copy.get_variables()):
        raise ModelError("the model keeps a state within a sub-graph body: it cannot be given as an input")
    states = []
    editor = ModelEditor(copy)  # not as a context: the new inputs are none of the model yet
    for node in readers:
        shape = node.get_output_partial_shape(0)
        if shape.rank.is_dynamic:
            raise ModelError(
                f"the state {node.get_friendly_name()!r} has no known rank: it cannot be given as an input"
            )
        sizes = [None if size.is_dynamic else size.get_length() for size in shape]
        name = node.get_friendly_name()
        states.append(parameter(sizes, node.get_output_element_type(0).to_string(), name))
        editor.replace_node(name, states[-1])
    results = copy.get_results()
    return build_model(results, [*copy.get_parameters(), *states], source.get_friendly_name())


def show_states(source: Model) -> Model:
    """A copy with its states as they are read as further outputs, in the order of :func:`make_stateless`."""
    copy = clone_model(source)
    shown = [result(node.output(0), f"{node.get_friendly_name()}/shown") for node in _find_readers(copy)]
    return model_with_results(copy, [*copy.get_results(), *shown])


def _find_readers(model: Model) -> list[Node]:
    return [node for node in model.get_ordered_ops() if node.get_type_name() == "ReadValue"]
