"""Which array of a sample belongs to which input of the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from openpot.data.input_description import InputDescription, Shape
from openpot.data.sample import Sample, Steps
from openpot.errors import DataError, suggest_nearest_name
from openpot.typing_aliases import Array


class InputMatcher:
    """Finds the arrays of a sample in the order of the model's inputs."""

    def __init__(self, inputs: Sequence[InputDescription]) -> None:
        self._inputs = tuple(inputs)
        self._position = {
            name: position for position, given in enumerate(inputs) for name in (*given.names, given.name)
        }
        self._image = _find_image_beside_its_size(self._inputs)

    def order_arrays(self, sample: Sample) -> list[Array]:
        """One array for each input.

        Raises:
            DataError: a name is unknown, an input gets nothing, or the number of arrays is wrong.
        """
        if isinstance(sample.data, dict):
            return self._match_by_name(sample.data, sample.index)
        if isinstance(sample.data, list):
            return self._match_by_position(sample.data, sample.index)
        if isinstance(sample.data, Steps):
            raise DataError(f"sample {sample.index} is a sequence of steps where a single inference is made")
        return self._match_single(sample.data, sample.index)

    def _match_by_name(self, data: Mapping[str, Array], index: int) -> list[Array]:
        arrays: dict[int, Array] = {}
        for name, array in data.items():
            position = self._position.get(name)
            if position is None:
                raise DataError(
                    f"sample {index}: the model has no input {name!r}; {suggest_nearest_name(name, self._position)}"
                )
            if position in arrays:
                raise DataError(
                    f"sample {index}: input {self._inputs[position].name!r} is given twice, under two names"
                )
            arrays[position] = array
        missing = [given.name for position, given in enumerate(self._inputs) if position not in arrays]
        if missing:
            names, given = ", ".join(map(repr, missing)), ", ".join(map(repr, data))
            raise DataError(
                f"sample {index}: nothing is given for input {names}; the sample has {given}: give every input"
            )
        return [arrays[position] for position in range(len(self._inputs))]

    def _match_by_position(self, data: list[Array], index: int) -> list[Array]:
        if len(data) != len(self._inputs):
            raise DataError(
                f"sample {index}: expected {len(self._inputs)} arrays, one for each input ({self._join_names()}), got "
                f"a list of {len(data)}; give one array, or a dict by input name"
            )
        return data

    def _match_single(self, array: Array, index: int) -> list[Array]:
        if len(self._inputs) == 1:
            return [array]
        if self._image is None:
            raise DataError(
                f"sample {index}: one array for a model with {len(self._inputs)} inputs ({self._join_names()}); give "
                "a dict of arrays by input name, or a list in this order. In a pair (data, annotation) only the first "
                "is data"
            )
        pair = {self._image: array, 1 - self._image: self._make_image_shape(array, index)}
        return [pair[0], pair[1]]

    def _make_image_shape(self, image: Array, index: int) -> Array:
        """The row (height, width, channels) that detectors of old take as a second input, from a CHW image."""
        if image.ndim < 3:
            raise DataError(f"sample {index}: expected an image (channels, height, width), got shape {image.shape}")
        channels, height, width = image.shape[-3:]
        return np.array([[height, width, channels]], np.float32)

    def _join_names(self) -> str:
        return ", ".join(repr(given.name) for given in self._inputs)


def _find_image_beside_its_size(inputs: Sequence[InputDescription]) -> int | None:
    """Position of an image input whose only companion ``(batch, 3)`` takes the image's size; None if there is none."""
    if len(inputs) != 2:
        return None
    sizes = [position for position, given in enumerate(inputs) if given.is_float and _holds_three(given.shape)]
    if len(sizes) != 1 or inputs[1 - sizes[0]].rank not in (4, None):
        return None
    return 1 - sizes[0]


def _holds_three(shape: Shape) -> bool:
    return shape is not None and len(shape) == 2 and shape[1] in (3, None)
