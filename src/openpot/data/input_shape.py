"""Does an array have the shape of an input? A missing batch axis is added; values are never put in another order."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from openpot.data.input_description import InputDescription, format_shape
from openpot.errors import DataError
from openpot.typing_aliases import Array


def add_batch_axis(array: Array, description: InputDescription, batch_dim: int, where: str) -> Array:
    """``array`` in the rank of the input, shape ``(samples, ...)`` for batch axis 0, without copying.

    Only axes of length 1 are added or dropped, so that the order of the values stays what it was.

    Args:
        array: data of one sample, with or without the batch axis.
        description: the input.
        batch_dim: position of the batch axis.
        where: sample and input, for messages.

    Raises:
        DataError: the shape does not fit; the message tells expected and given shape and a likely reason.
    """
    shape = description.shape
    if shape is None:
        return array
    axis = description.find_batch_axis(batch_dim)
    if array.ndim == len(shape) and _fits(array.shape, shape, axis):
        return array
    if array.ndim == len(shape) - 1 and _fits((*array.shape[:axis], 1, *array.shape[axis:]), shape, axis):
        return array.reshape((*array.shape[:axis], 1, *array.shape[axis:]))
    target = _match_but_for_ones(array.shape, shape, axis)
    if target is not None:
        return array.reshape(target)
    reason = explain_mismatch(array.shape, shape, axis)
    raise DataError(f"{where}: expected shape {format_shape(shape)}, got {array.shape}; {reason}")


def reshape_to_input(array: Array, description: InputDescription, batch_dim: int) -> Array | None:
    """``array`` read in the shape of the input without regard to its own; None if the number of values does not fit.

    Args:
        array: data of one sample, or of as many as the input takes at once.
        description: the input.
        batch_dim: position of the batch axis.
    """
    shape = description.shape
    if not shape or None in shape:
        return None
    axis = description.find_batch_axis(batch_dim)
    sizes = [size or 0 for size in shape]
    for target in ((*sizes[:axis], 1, *sizes[axis + 1 :]), tuple(sizes)):
        if array.size == math.prod(target):
            return array.reshape(target)
    return None


def _fits(given: Sequence[int], shape: Sequence[int | None], batch_axis: int | None) -> bool:
    """Whether all sizes agree, the batch axis aside."""
    return all(
        axis == batch_axis or wanted is None or wanted == size
        for axis, (size, wanted) in enumerate(zip(given, shape, strict=True))
    )


def _match_but_for_ones(given: tuple[int, ...], shape: tuple[int | None, ...], axis: int) -> tuple[int, ...] | None:
    """The target shape if ``given`` differs from it only by axes of length 1."""
    if not shape:
        return () if math.prod(given) == 1 else None
    others = [size for position, size in enumerate(shape) if position != axis]
    if len(given) > len(shape) and given[0] == 1 and None in others:
        return _match_shorter(given[1:], shape, axis)
    if None in others:
        return None
    static = [size for size in others if size is not None]
    significant, wanted = [size for size in given if size != 1], [size for size in static if size != 1]
    if significant == wanted:
        return (*static[:axis], 1, *static[axis:])
    if axis == 0 and significant[1:] == wanted:
        return (significant[0], *static)
    return None


def _match_shorter(given: tuple[int, ...], shape: tuple[int | None, ...], axis: int) -> tuple[int, ...] | None:
    if len(given) == len(shape) and _fits(given, shape, axis):
        return given
    return _match_but_for_ones(given, shape, axis)


def explain_mismatch(given: tuple[int, ...], shape: tuple[int | None, ...], axis: int) -> str:
    """Why data of shape ``given`` do not fit an input, and what to do.

    Args:
        given: shape of the data.
        shape: shape of the input.
        axis: its batch axis.
    """
    wanted = tuple(size for position, size in enumerate(shape) if position != axis)
    if len(given) == len(shape):
        given = tuple(size for position, size in enumerate(given) if position != axis)
    if len(given) != len(wanted):
        return f"give {len(shape)} axes, or {len(wanted)} without the batch axis"
    if len(wanted) == 3 and _fits((given[2], given[0], given[1]), wanted, None):
        return "it looks like height, width, channels (HWC) for an input in CHW: use array.transpose(2, 0, 1)"
    if len(wanted) == 3 and _fits((given[1], given[2], given[0]), wanted, None):
        return "it looks like channels, height, width (CHW) for an input in HWC: use array.transpose(1, 2, 0)"
    if len(wanted) <= 5 and any(_fits(order, wanted, None) for order in itertools.permutations(given)):
        return "the sizes are right in another order: transpose the array"
    if None not in wanted and math.prod(given) == math.prod(size for size in wanted if size is not None):
        return "the number of values is right, but values are never reshaped silently: reshape them in the data loader"
    return _list_wrong_sizes(given, wanted)


def _list_wrong_sizes(given: tuple[int, ...], wanted: tuple[int | None, ...]) -> str:
    wrong = [
        position for position, pair in enumerate(zip(given, wanted, strict=True)) if pair[1] not in (None, pair[0])
    ]
    if len(wanted) == 3 and 0 not in wrong:
        return f"resize the image to {format_shape(wanted[1:])}"
    texts = [f"{wanted[position]} instead of {given[position]}" for position in wrong]
    return f"after the batch axis, give {', '.join(texts)}"
