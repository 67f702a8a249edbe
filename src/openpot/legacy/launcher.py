"""POT's ``IELauncher``: one model on one device, one inference at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from openpot.errors import DataError, EngineError, suggest_nearest_name
from openpot.graph.edit import add_outputs
from openpot.graph.node_index import NodeIndex
from openpot.graph.tensor_id import TensorId
from openpot.inference import named_outputs
from openpot.inference.compile import check_device, compile_model
from openpot.inference.model_inputs import describe_inputs
from openpot.legacy.output_keys import convert_to_outputs_name

if TYPE_CHECKING:
    from openpot.data.input_description import InputDescription
    from openpot.graph.model import CompressedModel
    from openpot.graph.types import CompiledModel
    from openpot.typing_aliases import Array


class IELauncher:
    """Runs a CompressedModel that is not a cascade, in exact FP32 where it is not INT8.

    Args:
        device: where to run.
    """

    def __init__(self, device: str = "CPU") -> None:
        self.device = check_device(device)
        self.model: CompiledModel | None = None
        self._names: dict[str, int] = {}

    def set_model(
        self,
        model: CompressedModel,
        output_names: Sequence[str | tuple[str, int]] | None = None,
        md_shapes: Mapping[str, Sequence[int]] | None = None,
    ) -> None:
        """Compile a model; the one given is not changed.

        Args:
            model: a model that is not a cascade.
            output_names: nodes, or ``(node, output number)``, whose values are wanted besides the model's outputs.
            md_shapes: new shapes of inputs by name.

        Raises:
            EngineError: the model is a cascade.
            UnknownNameError: there is no such node.
        """
        if model.is_cascade:
            raise EngineError("a cascade cannot be launched as one model: launch its members one by one")
        clone = model.members[0].model.clone()
        index = NodeIndex(clone)
        add_outputs(clone, [index.output(TensorId(*convert_to_outputs_name(name))) for name in output_names or ()])
        if md_shapes is not None:
            clone.reshape({_position(describe_inputs(clone), name): list(shape) for name, shape in md_shapes.items()})
        # Compiled outputs no longer know the operation before them.
        position = {name: number for number, name in enumerate(named_outputs.list_output_names(clone))}
        self._names = position | {
            alias: position[name] for alias, name in named_outputs.list_output_aliases(clone).items()
        }
        self.model = compile_model(clone, self.device)

    def infer(self, inputs: Mapping[str, Any]) -> dict[str, Array]:
        """Run the model once.

        Args:
            inputs: an array of the input's shape for each input, by name.

        Returns:
            Arrays by every name of each output: its tensor names, its Result, and its operation, with and without the
            number of the output (without stands for number 0).

        Raises:
            EngineError: no model was set.
            DataError: an input is missing or unknown.
        """
        if self.model is None:
            raise EngineError("no model was set: call set_model before infer")
        described = describe_inputs(self.model)
        fed = {_position(described, name): np.asarray(value) for name, value in inputs.items()}
        missing = [description.name for position, description in enumerate(described) if position not in fed]
        if missing:
            raise DataError(f"expected an array for every input, nothing was given for: {', '.join(missing)}")
        results = self.model(fed)
        return {name: results[position] for name, position in self._names.items()}


def _position(inputs: Sequence[InputDescription], name: str) -> int:
    """The number of the input with this name."""
    for position, description in enumerate(inputs):
        if name in description.names:
            return position
    valid = [known for description in inputs for known in description.names]
    raise DataError(f"the model has no input {name!r}: {suggest_nearest_name(name, valid)}")
