"""Inputs for a model of which only the speed matters: how long kernels take hardly depends on the values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from openpot.data.input_description import InputDescription, format_shape
from openpot.errors import ConfigError
from openpot.inference.model_inputs import describe_inputs
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.types import Model


def make_placeholder_inputs(model: Model, seed: int = 0) -> dict[int, Array]:
    """Arrays for one inference by number of the input: normal numbers, and zeros for whole numbers.

    A batch axis that is open is 1.

    Raises:
        ConfigError: another size is open, or the input takes text.
    """
    generator = np.random.default_rng(seed)
    return {number: _make_array(given, generator) for number, given in enumerate(describe_inputs(model))}


def _make_array(given: InputDescription, generator: np.random.Generator) -> Array:
    sizes = None if given.shape is None else [*([given.shape[0] or 1] if given.shape else []), *given.shape[1:]]
    if sizes is None or None in sizes or given.dtype is None:
        raise ConfigError(
            f"input {given.name!r} with shape {format_shape(given.shape)} and type {given.element_type} leaves open "
            "what an inference takes: give data (--data)"
        )
    shape = [int(size or 0) for size in sizes]
    if given.is_float:
        return generator.standard_normal(shape).astype(given.dtype)
    return np.zeros(shape, given.dtype)
