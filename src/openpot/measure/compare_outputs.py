"""Running two models on the same samples and telling how far their outputs are apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from openpot.errors import DataError, ModelError
from openpot.graph.peaks import is_read_by_peaks
from openpot.graph.revisions import snapshot_graphs
from openpot.graph.selections import find_chosen_rows
from openpot.graph.snapshot import GraphSnapshot
from openpot.graph.tensor_id import TensorId
from openpot.inference.compile import Compile, compile_model
from openpot.inference.feeds import Feed
from openpot.inference.infer_queue import choose_request_count, run_in_order
from openpot.inference.named_outputs import list_output_names
from openpot.measure.discrete_distance import LabelDistance, RowDistance
from openpot.measure.output_distance import DistanceAccumulator, OutputDistance

if TYPE_CHECKING:
    from openpot.graph.types import CompiledModel, Model, Output
    from openpot.typing_aliases import Array


Candidate = tuple["Model", "Mapping[str, object] | None"]
"""A model and how it is compiled, as :func:`openpot.inference.compile.compile_model` takes it."""


def compare_outputs(
    fp32: Model, int8: Model, feeds: Iterable[Any], device: str = "CPU", compile_exactly: Compile = compile_model
) -> tuple[OutputDistance, ...]:
    """The distance of every output of ``int8`` from that of ``fp32``, both without any other loss of precision.

    Args:
        fp32: the reference.
        int8: the model in question; has the same outputs in the same order.
        feeds: inputs of inferences, each a dict of arrays by number or name of the input, or a list. Each is a sample.
        device: where to run.
        compile_exactly: compiles a model for a device with exact FP32, or did so before.

    Raises:
        DataError: there are no feeds.
        ModelError: the models have different numbers of outputs, or cannot be compiled.
        EngineError: an inference failed.
    """
    (distances,) = compare_candidates(fp32, [(int8, None)], feeds, device, compile_exactly)
    return distances


def compare_candidates(
    fp32: Model,
    candidates: Sequence[Candidate],
    feeds: Iterable[Any],
    device: str = "CPU",
    compile_exactly: Compile = compile_model,
) -> list[tuple[OutputDistance, ...]]:
    """The distances of several models from one reference, which is inferred once; see :func:`compare_outputs`."""
    accumulators = [make_accumulators(fp32, model) for model, _ in candidates]
    reference = compile_exactly(fp32, device)
    compiled = [
        compile_exactly(model, device) if properties is None else compile_model(model, device, properties)
        for model, properties in candidates
    ]
    chunk_size = choose_request_count(reference)
    for chunk in _split_into_chunks(feeds, chunk_size):
        expected = infer_outputs(reference, chunk, chunk_size)
        for model, gathered in zip(compiled, accumulators, strict=True):
            add_outputs(gathered, expected, infer_outputs(model, chunk, chunk_size))
    return [tuple(accumulator.compute_distance() for accumulator in gathered) for gathered in accumulators]


def add_outputs(
    accumulators: Sequence[DistanceAccumulator | LabelDistance | RowDistance],
    expected: Iterable[Sequence[Array]],
    given: Iterable[Sequence[Array]],
) -> None:
    """Take in the outputs of both models, for one inference after the other, each with one array per accumulator."""
    for reference, candidate in zip(expected, given, strict=True):
        for accumulator, *arrays in zip(accumulators, reference, candidate, strict=True):
            accumulator.add(*arrays)


def make_accumulators(reference: Model, candidate: Model) -> list[DistanceAccumulator | LabelDistance | RowDistance]:
    """One for each output of both models: quantities by value, whole numbers by equality, chosen rows as sets."""
    names = list_output_names(reference)
    if len(candidate.outputs) != len(names):
        raise ModelError(f"the models have {len(names)} and {len(candidate.outputs)} outputs: they cannot be compared")
    snapshot = snapshot_graphs(reference)[""]
    chosen = find_chosen_rows(snapshot)
    return [
        _make_accumulator(name, port, snapshot, chosen) for name, port in zip(names, reference.outputs, strict=True)
    ]


def _make_accumulator(
    name: str, port: Output, snapshot: GraphSnapshot, chosen: frozenset[str]
) -> DistanceAccumulator | LabelDistance | RowDistance:
    source = port.get_node().input_value(0)
    tensor = TensorId(source.get_node().get_friendly_name(), source.get_index())
    if tensor.node in chosen:
        shape = port.get_partial_shape()
        is_count = shape.is_static and np.prod(shape.to_shape()) == 1  # of the rows that were chosen
        return DistanceAccumulator(name) if is_count else RowDistance(name)
    if not port.get_element_type().is_real():
        return LabelDistance(name)
    return DistanceAccumulator(name, has_peaks=is_read_by_peaks(snapshot, tensor))


def _split_into_chunks(feeds: Iterable[Any], size: int) -> Iterator[list[Feed]]:
    """The feeds in lists of ``size``: only so many outputs are held at once."""
    numbered = (Feed(number, (number,), feed) for number, feed in enumerate(feeds))
    empty = True
    while chunk := list(islice(numbered, size)):
        empty = False
        yield chunk
    if empty:
        raise DataError("nothing to compare the outputs on: expected at least one feed")


def infer_outputs(compiled: CompiledModel, feeds: list[Feed], num_requests: int) -> list[list[Array]]:
    """The outputs of each feed."""
    outputs: list[list[Array]] = []
    run_in_order(compiled, feeds, lambda _, request: outputs.append(list(request.results.values())), num_requests)
    return outputs
