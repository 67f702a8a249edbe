"""Arrays find their inputs by name, by position, or because there is no choice."""

import numpy as np
import pytest

from openpot.data.input_description import InputDescription
from openpot.data.input_matching import InputMatcher
from openpot.data.sample import Sample
from openpot.errors import DataError

IDS = InputDescription("input_ids", frozenset({"input_ids", "ids_node"}), (None, None), "i64")
MASK = InputDescription("attention_mask", frozenset({"attention_mask"}), (None, None), "i64")
IMAGE = InputDescription("image", frozenset({"image"}), (1, 3, 4, 5))
SIZE = InputDescription("im_info", frozenset({"im_info"}), (1, 3))
A, B = np.zeros(2), np.ones(2)


def arrays(inputs, data):
    return InputMatcher(inputs).order_arrays(Sample(3, data))


def test_names_decide_and_every_name_counts():
    for name in ("input_ids", "ids_node"):
        found = arrays([IDS, MASK], {"attention_mask": B, name: A})
        assert found[0] is A
        assert found[1] is B


def test_a_list_is_in_the_order_of_the_inputs():
    found = arrays([IDS, MASK], [A, B])
    assert found[0] is A
    assert found[1] is B


def test_a_single_array_goes_to_the_single_input():
    assert arrays([IDS], A)[0] is A


@pytest.mark.parametrize("inputs", [[IMAGE, SIZE], [SIZE, IMAGE]], ids=["image first", "size first"])
@pytest.mark.parametrize("shape", [(3, 4, 5), (1, 3, 4, 5)], ids=["without batch", "with batch"])
def test_the_size_input_of_a_detector_is_filled_from_the_image(inputs, shape):
    found = arrays(inputs, np.zeros(shape))
    size = found[inputs.index(SIZE)]
    np.testing.assert_array_equal(size, [[4, 5, 3]])
    assert size.dtype == np.float32
    assert found[inputs.index(IMAGE)].shape == shape


@pytest.mark.parametrize(
    ("inputs", "data", "words"),
    [
        ([IDS, MASK], {"input_id": A, "attention_mask": B}, "no input 'input_id'; did you mean 'input_ids'"),
        ([IDS], {"zzz": A}, "valid names: ids_node, input_ids"),
        ([IDS, MASK], {"input_ids": A}, "nothing is given for input 'attention_mask'; the sample has 'input_ids'"),
        ([IDS, MASK], {"input_ids": A, "ids_node": B}, "'input_ids' is given twice"),
        ([IDS, MASK], [A], "expected 2 arrays.*'input_ids', 'attention_mask'.*list of 1"),
        ([IDS, MASK], A, "one array for a model with 2 inputs"),
        ([IMAGE, IDS], A, "one array for a model with 2 inputs"),
        ([IMAGE, SIZE], A, r"expected an image .*shape \(2,\)"),
    ],
    ids=["misspelt", "unknown", "missing", "twice", "short list", "one for two", "image and tokens", "no image"],
)
def test_whatever_does_not_fit_names_sample_and_input(inputs, data, words):
    with pytest.raises(DataError, match=f"^sample 3: .*{words}"):
        arrays(inputs, data)
