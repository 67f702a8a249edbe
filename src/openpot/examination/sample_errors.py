"""Samples whose outputs changed most, and what the samples hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from openpot.examination.records import InputRecord, SampleRecord
from openpot.examination.thumbnail import draw_thumbnail
from openpot.inference.compile import compile_model
from openpot.inference.feeds import Feed
from openpot.measure.compare_outputs import infer_outputs

if TYPE_CHECKING:
    from openpot.graph.types import Model
    from openpot.typing_aliases import Array

SHOWN = 6


def find_worst_samples(source: Model, result: Model, feeds: Sequence[Feed]) -> tuple[SampleRecord, ...]:
    """The samples whose outputs are furthest from those of the float model, as far as outputs are quantities.

    Of a sequence the worst step counts; of samples that are inferred together the first one stands for all.

    Args:
        source: the float model.
        result: the quantized one.
        feeds: the inferences, with the numbers of their samples.
    """
    expected, given = (infer_outputs(compile_model(model, "CPU"), [*feeds], 1) for model in (source, result))
    errors = np.zeros(len(feeds))
    for port in range(len(source.outputs)):
        errors = np.maximum(errors, _measure_errors([row[port] for row in expected], [row[port] for row in given]))
    worst: dict[int, tuple[float, Feed]] = {}
    for error, feed in zip(errors.tolist(), feeds, strict=True):
        number = feed.indices[0]
        if number not in worst or error > worst[number][0]:
            worst[number] = (error, feed)
    order = sorted(worst, key=lambda number: (-worst[number][0], number))[:SHOWN]
    return tuple(SampleRecord(number, worst[number][0], draw_thumbnail(worst[number][1].inputs)) for number in order)


def _measure_errors(expected: Sequence[Array], given: Sequence[Array]) -> Array:
    """The error of each sample at one output; 0 where shapes differ between samples or values are no quantities."""
    none = np.zeros(len(expected))
    if len({array.shape for array in (*expected, *given)}) != 1 or expected[0].dtype.kind != "f":
        return none
    reference, candidate = (np.stack(list(arrays)).astype(np.float64) for arrays in (expected, given))
    variation = float(np.square(reference - reference.mean(axis=0)).mean())
    if not variation:
        return none
    squares = np.square(reference - candidate).reshape(len(expected), -1).mean(axis=1)
    return np.asarray(np.nan_to_num(np.sqrt(squares / variation), nan=np.inf))


def describe_inputs(names: Sequence[str], inputs: Sequence[Mapping[int, Array]]) -> tuple[InputRecord, ...]:
    """What the samples hold for each input of the model.

    Args:
        names: of the inputs, in their order.
        inputs: arrays of each sample, by number of the input.
    """
    return tuple(
        _describe_input(name, [arrays[number] for arrays in inputs if number in arrays])
        for number, name in enumerate(names)
        if any(number in arrays for arrays in inputs)
    )


def _describe_input(name: str, arrays: Sequence[Array]) -> InputRecord:
    shapes = tuple(sorted({tuple(map(int, array.shape)) for array in arrays}))
    distinct = {(array.shape, array.tobytes()) for array in arrays}
    values = np.concatenate([array.astype(np.float64).ravel() for array in arrays]) if _has_numbers(arrays) else None
    figures = (0.0,) * 4 if values is None else (values.min(), values.max(), values.mean(), values.std())
    low, high, mean, deviation = map(float, figures)
    equal = len(arrays) - len(distinct)
    return InputRecord(name, len(arrays), shapes, str(arrays[0].dtype), low, high, mean, deviation, equal)


def _has_numbers(arrays: Sequence[Array]) -> bool:
    return all(array.dtype.kind in "fiub" for array in arrays) and any(array.size for array in arrays)
