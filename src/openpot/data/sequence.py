"""Samples of models that keep a state: sequences of steps, each an inference that goes on where the one before ended.

There are two ways to give one. Where all steps have the same shape, a sample is arrays with one axis more than the
inputs, the steps first: ``(steps, *shape of the input)``; without the batch axis, ``(steps, ...)``, if the model takes
batches of one. An input whose array lacks the axis gets the same values in every step. Where steps differ in shape, a
sample is a list of dicts of arrays by input name, one for each step.
"""

from __future__ import annotations

from collections.abc import Sequence

from openpot.data.input_description import InputDescription
from openpot.data.input_matching import InputMatcher
from openpot.data.sample import Sample, Steps
from openpot.errors import DataError
from openpot.typing_aliases import Array

HOW_TO_GIVE = (
    "give each sample as arrays with one axis more than the inputs, the steps first, or as a list of dicts by input "
    "name, one for each step (in an .npz archive: arrays of shape (samples, steps, ...), or keys SAMPLE|STEP|INPUT)"
)


def split_into_steps(sample: Sample, inputs: Sequence[InputDescription]) -> list[Sample]:
    """The steps of a sample as samples of their own; the sample itself if it is a single step.

    Raises:
        DataError: the model keeps no state, or the inputs have different numbers of steps.
    """
    has_state = any(given.has_state for given in inputs)
    if isinstance(sample.data, Steps):
        if not has_state:
            raise DataError(
                f"sample {sample.index} is a list of {len(sample.data)} dicts, which are steps of a sequence, and the "
                "model keeps no state: give each dict as a sample of its own"
            )
        return [Sample(sample.index, step, sample.annotation, sample.metadata) for step in sample.data]
    if not has_state:
        return [sample]
    return _split_along_first_axis(sample, inputs)


def _split_along_first_axis(sample: Sample, inputs: Sequence[InputDescription]) -> list[Sample]:
    arrays = InputMatcher(inputs).order_arrays(sample)
    with_steps = [has_steps(array, given) for array, given in zip(arrays, inputs, strict=True)]
    lengths = {
        given.name: len(array) for array, given, has_axis in zip(arrays, inputs, with_steps, strict=True) if has_axis
    }
    if not lengths:
        return [sample]
    if len(set(lengths.values())) > 1:
        shown = ", ".join(f"{name!r}: {length}" for name, length in lengths.items())
        raise DataError(f"sample {sample.index}: the inputs have different numbers of steps: {shown}")
    steps = (
        [array[number] if has_axis else array for array, has_axis in zip(arrays, with_steps, strict=True)]
        for number in range(next(iter(lengths.values())))
    )
    return [Sample(sample.index, step, sample.annotation, sample.metadata) for step in steps]


def has_steps(array: Array, description: InputDescription) -> bool:
    """Whether the first axis of an array counts steps."""
    shape = description.shape
    if shape is None:
        return False
    if array.ndim == len(shape) + 1:
        return True
    is_longer = bool(shape) and array.ndim == len(shape) and shape[0] == 1 and array.shape[0] != 1
    return is_longer and all(wanted in (None, size) for size, wanted in zip(array.shape[1:], shape[1:], strict=True))
