"""The output error of a quantized model as it really runs, at the tensors that are compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from openpot.graph.revisions import snapshot_graphs
from openpot.measure.compare_outputs import compare_outputs
from openpot.measure.output_distance import find_worst_error
from openpot.trial.compared_outputs import find_compared_tensors
from openpot.trial.trial_graph import build_reference_graph
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.types import Model


def measure_output_error(reference: Model, candidate: Model, feeds: Sequence[Mapping[int, Array]]) -> float:
    """Error of the worst output of a changed model, as a share of its variation between the feeds.

    Args:
        reference: the float model.
        candidate: the changed one; it has the tensors that stand for the outputs of the reference.
        feeds: inputs of each sample by number.

    Raises:
        UnknownNameError: the candidate lacks a tensor.
        ModelError: a model cannot be compiled.
        EngineError: an inference failed.
    """
    compared = find_compared_tensors(snapshot_graphs(reference)[""])
    expected, given = (build_reference_graph(model, {}, compared) for model in (reference, candidate))
    return find_worst_error(compare_outputs(expected, given, feeds))
