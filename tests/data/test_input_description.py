"""What the data side knows of an input."""

import numpy as np
import pytest

from openpot.data.input_description import InputDescription, format_shape


def described(element_type="f32", shape=(1, 3)):
    return InputDescription("data", frozenset({"data"}), shape, element_type)


@pytest.mark.parametrize(
    ("element_type", "is_float", "dtype"),
    [
        ("f32", True, np.float32), ("f16", True, np.float16), ("f64", True, np.float64), ("bf16", True, None),
        ("f8e4m3", True, None), ("i64", False, np.int64), ("u8", False, np.uint8), ("boolean", False, np.bool_),
        ("string", False, None), ("dynamic", False, None),
    ],
)  # fmt: skip
def test_element_types_map_to_numpy(element_type, is_float, dtype):
    found = described(element_type)
    assert found.is_float is is_float
    assert found.dtype == (None if dtype is None else np.dtype(dtype))


def test_rank_and_batch_axis():
    assert described(shape=(1, 3)).rank == 2
    assert described(shape=None).rank is None
    assert described(shape=(8, 1, 3)).find_batch_axis(1) == 1
    assert described(shape=(8,)).find_batch_axis(1) == 0, "an input of too small a rank falls back to its first axis"


@pytest.mark.parametrize(
    ("shape", "text"), [((1, 3, None), "(1, 3, ?)"), ((4,), "(4,)"), ((), "()"), (None, "any shape")], ids=str
)
def test_shapes_are_shown_like_tuples(shape, text):
    assert format_shape(shape) == text
