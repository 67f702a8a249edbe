"""Data for models that keep a state: sequences of steps, because the state is where most of a stream is."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from openpot.data.chained_steps import ChainedSteps
from openpot.data.sample import load_sample
from openpot.data.sequence import HOW_TO_GIVE, split_into_steps
from openpot.errors import OpenPotWarning
from openpot.graph.revisions import snapshot_graphs
from openpot.inference.model_inputs import describe_inputs

if TYPE_CHECKING:
    from openpot.data.loader import DataLoader
    from openpot.graph.types import Model

_SINGLE = "the model keeps a state from one inference to the next, and the samples are single steps: "


def ensure_sequences(model: Model, loader: DataLoader) -> DataLoader:
    """``loader``, or for a model with a state and samples of one step each these steps as sequences, with a warning.

    A state that grows (the cache of a language model) is left alone: what a step takes then depends on those before it.

    Raises:
        DataError: the first sample cannot be used.
    """
    inputs = describe_inputs(model)
    if not any(given.has_state for given in inputs) or len(split_into_steps(load_sample(loader, 0), inputs)) > 1:
        return loader
    if _state_grows(model):
        _warn("later steps are neither calibrated on nor validated")
        return loader
    chained = ChainedSteps(loader, inputs)
    _warn(f"as a stand-in {len(chained)} sequences of {chained.num_steps} of them calibrate and validate")
    return chained


def warn_of_single_steps(model: Model, loader: DataLoader) -> None:
    """Say that a model with a state is given single steps, if it is.

    Raises:
        DataError: the first sample cannot be used.
    """
    inputs = describe_inputs(model)
    if any(given.has_state for given in inputs) and len(split_into_steps(load_sample(loader, 0), inputs)) == 1:
        _warn("later steps are neither calibrated on nor validated")


def _state_grows(model: Model) -> bool:
    """Whether a state has another size than that of the batch that only an inference tells."""
    states = [
        node.output_shape for graph in snapshot_graphs(model).values() for node in graph.nodes_of_type("ReadValue")
    ]
    return any(shape is None or None in shape[1:] for shape in states)


def _warn(consequence: str) -> None:
    warnings.warn(f"{_SINGLE}{consequence}. To calibrate on real streams, {HOW_TO_GIVE}", OpenPotWarning, stacklevel=3)
