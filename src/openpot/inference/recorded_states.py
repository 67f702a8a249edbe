"""Sequences of steps as single inferences: the state that each step reads is recorded and given as inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from openpot.graph.stateless import make_stateless, show_states
from openpot.inference.compile import compile_model
from openpot.inference.feeds import Feed
from openpot.inference.infer_queue import run_in_order
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.types import Model
    from openvino import InferRequest


def unroll_states(model: Model, feeds: Sequence[Mapping[int, Array]]) -> tuple[Model, Sequence[Mapping[int, Array]]]:
    """A model without a state, and what its inferences take; the model itself and the feeds if it keeps none.

    Args:
        model: it is not changed.
        feeds: inputs by number, one inference each; a ``NextStep`` goes on where the one before it ended.

    Raises:
        ModelError: a state cannot be given as an input, or the model cannot be compiled.
        EngineError: an inference failed.
    """
    if not model.get_variables():
        return model, feeds
    stateless = make_stateless(model)
    num_inputs, num_outputs = len(model.inputs), len(model.outputs)
    unrolled: list[Mapping[int, Array]] = []

    def record(feed: Feed, request: InferRequest) -> None:
        states = {
            num_inputs + number: np.array(request.get_output_tensor(num_outputs + number).data)
            for number in range(len(stateless.inputs) - num_inputs)
        }
        unrolled.append({**feed.inputs, **states})

    steps = (Feed(position, (position,), feed) for position, feed in enumerate(feeds))
    run_in_order(compile_model(show_states(model), "CPU"), steps, record, 1)
    return stateless, unrolled
