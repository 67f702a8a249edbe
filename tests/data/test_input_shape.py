"""Shapes that fit, shapes that are refused, and the reason that is given."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpot.data.input_description import InputDescription
from openpot.data.input_shape import add_batch_axis
from openpot.errors import DataError


def fit(given_shape, wanted, batch_dim=0):
    description = InputDescription("data", frozenset({"data"}), wanted)
    array = np.arange(int(np.prod(given_shape)), dtype=np.float32).reshape(given_shape)
    return array, add_batch_axis(array, description, batch_dim, "sample 3, input 'data'")


@pytest.mark.parametrize(
    ("given_shape", "wanted", "result"),
    [
        ((3, 4, 5), (1, 3, 4, 5), (1, 3, 4, 5)),
        ((1, 3, 4, 5), (1, 3, 4, 5), (1, 3, 4, 5)),
        ((2, 3, 4, 5), (None, 3, 4, 5), (2, 3, 4, 5)),
        ((2, 3, 4, 5), (1, 3, 4, 5), (2, 3, 4, 5)),
        ((3, 9, 9), (None, 3, None, None), (1, 3, 9, 9)),
        ((28, 28), (1, 1, 28, 28), (1, 1, 28, 28)),
        ((28, 28, 1), (1, 1, 28, 28), (1, 1, 28, 28)),
        ((1, 1, 3, 4), (1, 3, 4), (1, 3, 4)),
        ((1, 2, 9), (None, None), (2, 9)),
        ((2, 64), (2, 1, 64), (2, 1, 64)),
        ((7,), (None, None), (1, 7)),
        ((7,), (None,), (7,)),
        ((1,), (), ()),
        ((), (1,), (1,)),
        ((3, 4), None, (3, 4)),
    ],
    ids=[
        "batch axis added", "complete", "two samples, dynamic", "two samples, judged later", "dynamic size",
        "grey without channel", "grey HWC is the same memory", "one axis too many", "one axis too many, dynamic",
        "state with an inner axis of 1", "tokens", "no batch axis", "number", "number in an axis", "dynamic rank",
    ],
)  # fmt: skip
def test_axes_of_length_one_may_come_and_go(given_shape, wanted, result):
    array, fitted = fit(given_shape, wanted)
    assert fitted.shape == result
    assert np.shares_memory(array, fitted)
    np.testing.assert_array_equal(fitted.ravel(), array.ravel())


def test_the_batch_axis_may_be_another_one():
    assert fit((5, 40), (5, None, 40), batch_dim=1)[1].shape == (5, 1, 40)


@pytest.mark.parametrize(
    ("given_shape", "wanted", "words"),
    [
        ((4, 5, 3), (1, 3, 4, 5), r"HWC.*transpose\(2, 0, 1\)"),
        ((1, 4, 5, 3), (1, 3, 4, 5), r"HWC.*transpose\(2, 0, 1\)"),
        ((9, 9, 3), (None, 3, None, None), "HWC"),
        ((3, 4, 5), (1, 4, 5, 3), r"CHW.*transpose\(1, 2, 0\)"),
        ((5, 4, 3), (1, 3, 4, 5), "another order"),
        ((3, 20), (1, 3, 4, 5), "give 4 axes, or 3"),
        ((6, 2, 5), (1, 3, 4, 5), "never reshaped silently"),
        ((3, 8, 8), (1, 3, 4, 5), r"resize the image to \(4, 5\)"),
        ((12,), (1, 10), "give 10 instead of 12"),
        ((3, 4), (1,), "give 1 axes"),
        ((2,), (), "give 0 axes"),
    ],
    ids=[
        "HWC", "HWC with batch axis", "HWC, dynamic size", "CHW", "WHC", "flattened", "same number of values",
        "other size", "other length", "too many axes", "several numbers for one",
    ],
)  # fmt: skip
def test_values_are_never_put_in_another_order(given_shape, wanted, words):
    with pytest.raises(DataError, match=r"(?s)^sample 3, input 'data': expected shape .*got .*" + words):
        fit(given_shape, wanted)


@given(st.lists(st.integers(1, 4), min_size=1, max_size=4))
def test_with_or_without_batch_axis_is_the_same(shape):
    _, without = fit(tuple(shape), (1, *shape))
    _, complete = fit((1, *shape), (1, *shape))
    np.testing.assert_array_equal(without, complete)


@given(st.lists(st.integers(1, 4), min_size=1, max_size=4), st.lists(st.integers(1, 4), min_size=1, max_size=5))
def test_what_is_accepted_keeps_the_order_of_the_values_and_fits(wanted, given_shape):
    try:
        array, fitted = fit(tuple(given_shape), tuple(wanted))
    except DataError:
        return
    assert fitted.shape[1:] == tuple(wanted[1:])
    np.testing.assert_array_equal(fitted.ravel(), array.ravel())
