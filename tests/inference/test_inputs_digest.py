"""A hash of what inferences take."""

import numpy as np
import pytest

from openpot.inference.inputs_digest import hash_inputs

SAMPLE = np.arange(6, dtype=np.float32).reshape(2, 3)


def test_equal_arrays_have_one_hash_whatever_their_layout_in_memory():
    assert hash_inputs([{0: SAMPLE}]) == hash_inputs([{0: np.asfortranarray(SAMPLE)}])


@pytest.mark.parametrize(
    "other",
    [
        [{0: SAMPLE + 1}],
        [{1: SAMPLE}],
        [{0: SAMPLE.reshape(3, 2)}],
        [{0: SAMPLE.astype(np.float64)}],
        [{0: SAMPLE}, {0: SAMPLE}],
        [],
    ],
    ids=["values", "input", "shape", "type", "number", "none"],
)
def test_whatever_differs_changes_the_hash(other):
    assert hash_inputs(other) != hash_inputs([{0: SAMPLE}])


def test_texts_are_hashed_by_what_they_say():
    first, second = (np.array([text], dtype=object) for text in ("a", "b"))
    assert hash_inputs([{0: first}]) != hash_inputs([{0: second}])
