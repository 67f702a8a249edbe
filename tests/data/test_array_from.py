"""Arrays out of whatever holds numbers."""

import numpy as np
import pytest

from openpot.data.array_from import is_array_like, to_array


class TensorOnADevice:
    """Behaves like a tensor that needs gradients: converts only after ``detach().cpu()``."""

    def __init__(self, values, ready=False):
        self.values, self.ready = values, ready

    def detach(self):
        return self

    def cpu(self):
        return TensorOnADevice(self.values, ready=True)

    def __array__(self, dtype=None, copy=None):
        if not self.ready:
            raise RuntimeError("requires grad")
        return np.asarray(self.values, dtype)


def test_an_array_is_returned_as_it_is():
    array = np.arange(3)
    assert to_array(array) is array


def test_a_tensor_is_detached_and_copied_to_the_host():
    np.testing.assert_array_equal(to_array(TensorOnADevice([1.0, 2.0])), [1.0, 2.0])


def test_lists_and_numbers_become_arrays():
    assert to_array([[1, 2], [3, 4]]).shape == (2, 2)
    assert to_array(2.5).shape == ()


def test_ragged_lists_are_refused():
    with pytest.raises(ValueError, match="inhomogeneous"):
        to_array([[1, 2], [3]])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.zeros(1), True),
        (TensorOnADevice([1]), True),
        ([1, 2], False),
        (3, False),
        ("text", False),
        (TensorOnADevice, False),
    ],
    ids=["array", "tensor", "list", "number", "text", "class"],
)
def test_only_arrays_and_tensors_are_array_like(value, expected):
    assert is_array_like(value) is expected
