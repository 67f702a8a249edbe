"""The gate between data and model: every sample is checked, named if it is wrong, and put into the shape of the inputs.

It stands on the path of every calibration sample, so it looks at the values twice at most (smallest and largest, which
also reveal NaN and Inf) and copies only for a cast, a batch of several samples or an array that is not contiguous.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from openpot.data.input_description import InputDescription, format_shape
from openpot.data.input_matching import InputMatcher
from openpot.data.input_shape import add_batch_axis, explain_mismatch, reshape_to_input
from openpot.data.input_values import ValueRange, cast_values, changes_kind, check_kind, find_value_range
from openpot.data.pass_notes import PassNotes
from openpot.data.sample import Sample
from openpot.errors import DataError, OpenPotWarning
from openpot.typing_aliases import Array

__all__ = ["InputDescription", "SampleGuard"]


class SampleGuard:
    """Turns samples into what an inference takes; one guard serves one pass over the data.

    Args:
        inputs: the inputs of the model.
        batch_dim: axis along which samples are joined.
        reshapes_samples: read data of another shape in that of the input where the number of values fits, with a
            warning, as POT did in silence.
        notes: of the pass, where it began elsewhere or its notes are asked for.
    """

    def __init__(
        self,
        inputs: Sequence[InputDescription],
        batch_dim: int = 0,
        reshapes_samples: bool = False,
        notes: PassNotes | None = None,
    ) -> None:
        self._inputs = tuple(inputs)
        self._batch_dim = batch_dim
        self._reshapes_samples = reshapes_samples
        self._matcher = InputMatcher(self._inputs)
        self._notes = PassNotes() if notes is None else notes
        self._warned_kinds: set[str] = set()

    def feed(self, samples: Sequence[Sample]) -> dict[int, Array]:
        """Arrays for one inference over ``samples``, by position of the input.

        The batch axis is added where a sample lacks it; several samples are joined along it. The result may share
        memory with what the data loader returned: do not write to it.

        Raises:
            DataError: a sample cannot be used; the message names its number, the input, and what was expected.
        """
        if not samples:
            raise DataError("an inference needs at least one sample, got an empty batch")
        rows = [self._check_arrays(sample) for sample in samples]
        return {
            position: self._join(position, samples, [row[position] for row in rows]) for position in self._positions
        }

    def conclude(self) -> None:
        """Check the pass as a whole after its last sample.

        Raises:
            DataError: all samples are constant, or one is out of all proportion to the others.
        """
        self._notes.conclude()

    @property
    def _positions(self) -> range:
        return range(len(self._inputs))

    def _check_arrays(self, sample: Sample) -> list[Array]:
        value_ranges: dict[str, ValueRange] = {}
        checked = []
        arrays = self._matcher.order_arrays(sample)
        for array, description in zip(arrays, self._inputs, strict=True):
            where = f"sample {sample.index}{describe_file(sample.metadata)}, input {description.name!r}"
            array = check_kind(array, description, where)
            if array.size == 0 and not self._may_be_empty(arrays, description):
                raise DataError(
                    f"{where}: expected {format_shape(description.shape)}, got no values (shape {array.shape})"
                )
            checked.append(self._check_array(array, description, where, value_ranges))
        self._notes.add(sample.index, value_ranges, checked)
        return checked

    def _check_array(
        self, array: Array, description: InputDescription, where: str, value_ranges: dict[str, ValueRange]
    ) -> Array:
        limits = None
        needs_range = array.dtype.kind == "f" or description.is_float or array.dtype != description.dtype
        if array.size and needs_range and not description.is_string:
            limits = find_value_range(array, where)
            if description.is_float and array.size > 1:
                value_ranges[description.name] = limits
        if changes_kind(array, description):
            self._warn_about_kind(array, description, where)
        return cast_values(self._shape(array, description, where), description, limits, where)

    def _shape(self, array: Array, description: InputDescription, where: str) -> Array:
        try:
            return add_batch_axis(array, description, self._batch_dim, where)
        except DataError:
            reshaped = reshape_to_input(array, description, self._batch_dim) if self._reshapes_samples else None
            if reshaped is None:
                raise
            reason = explain_mismatch(
                array.shape, description.shape or (), description.find_batch_axis(self._batch_dim)
            )
            warnings.warn(
                f"input {description.name!r}: samples of shape {array.shape} are reshaped to {reshaped.shape}, as POT "
                f"did in silence; {reason}",
                OpenPotWarning,
                stacklevel=1,  # one place for all passes, so that Python shows it once
            )
            return reshaped

    def _may_be_empty(self, arrays: Sequence[Array], description: InputDescription) -> bool:
        """Whether an input may be empty: as a cache at the first token, beside other data, or because its shape is."""
        if description.shape is not None and 0 in description.shape:
            return True
        is_dynamic = description.shape is None or None in description.shape
        return is_dynamic and any(array.size for array in arrays)

    def _warn_about_kind(self, array: Array, description: InputDescription, where: str) -> None:
        if description.name in self._warned_kinds:
            return
        self._warned_kinds.add(description.name)
        warnings.warn(
            f"{where}: integers ({array.dtype}) for an input of real numbers ({description.element_type}) are used as "
            "they are: if the model was trained on normalised values, normalise them in the data loader",
            OpenPotWarning,
            stacklevel=4,
        )

    def _join(self, position: int, samples: Sequence[Sample], arrays: Sequence[Array]) -> Array:
        description = self._inputs[position]
        numbers = (
            f"sample {samples[0].index}" if len(samples) == 1 else f"samples {', '.join(str(i.index) for i in samples)}"
        )
        where = f"{numbers}, input {description.name!r}"
        axis = description.find_batch_axis(self._batch_dim)
        shares_one = len(arrays) == 1 or (description.shape == (1,) and _are_equal(arrays))
        joined = arrays[0] if shares_one else _concatenate(arrays, axis, where)
        if description.shape:
            self._check_batch(joined.shape[axis], description.shape[axis], len(samples), where)
        return np.ascontiguousarray(joined) if joined.ndim else joined

    def _check_batch(self, given: int, wanted: int | None, num_samples: int, where: str) -> None:
        if wanted is None or given == wanted:
            return
        advice = "let each entry of the data set hold one sample" if num_samples == 1 else "set the batch size to 1"
        if wanted > 1:
            advice = f"give {wanted} at a time"
        raise DataError(
            f"{where}: {given} samples for a model that takes {wanted} at a time; {advice}, or reshape the model to a "
            "dynamic batch"
        )


def describe_file(metadata: Any) -> str:
    """The image file that a sample comes from, with its size, for messages; empty for others."""
    if not isinstance(metadata, Mapping) or "path" not in metadata:
        return ""
    size = metadata.get("size")
    pixels = f", {size[1]}x{size[0]} pixels" if isinstance(size, tuple) and len(size) == 2 else ""
    return f" ({metadata['path']}{pixels})"


def _are_equal(arrays: Sequence[Array]) -> bool:
    return all(np.array_equal(array, arrays[0]) for array in arrays)


def _concatenate(arrays: Sequence[Array], axis: int, where: str) -> Array:
    if arrays[0].ndim == 0:
        if _are_equal(arrays):
            return arrays[0]
        raise DataError(
            f"{where}: the input takes one number and the samples give different ones: set the batch size to 1"
        )
    try:
        return np.concatenate(arrays, axis)
    except ValueError as error:
        shapes = ", ".join(str(array.shape) for array in arrays)
        raise DataError(
            f"{where}: arrays of different shapes ({shapes}) cannot share an inference: set the batch size to 1"
        ) from error
