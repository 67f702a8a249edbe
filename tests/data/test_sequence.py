import numpy as np
import pytest

from openpot.data.input_description import InputDescription
from openpot.data.sample import Steps, parse_sample
from openpot.data.sequence import has_steps, split_into_steps
from openpot.errors import DataError


def described(name, shape, has_state=True):
    return InputDescription(name, frozenset({name}), shape, has_state=has_state)


X = described("x", (1, 8))
FLAG = described("flag", (1,))
SEQUENCE = np.arange(3 * 8, dtype=np.float32).reshape(3, 1, 8)


def data_of(samples):
    return [[np.asarray(array) for array in sample.data] for sample in samples]


@pytest.mark.parametrize(
    ("shape", "array", "expected"),
    [
        ((1, 8), (3, 1, 8), True),
        ((None, 8), (3, 2, 8), True),
        ((1, 8), (1, 8), False),
        ((1, 8), (8,), False),
        ((1, 8), (3, 8), True),
        ((1, 8), (3, 7), False),
        ((None, 8), (3, 8), False),
        ((4, 8), (4, 8), False),
        ((1,), (5,), True),
        (None, (3, 8), False),
    ],
    ids=str,
)
def test_an_axis_more_than_the_input_counts_steps(shape, array, expected):
    assert has_steps(np.zeros(array, np.float32), described("x", shape)) is expected


def test_an_array_becomes_one_sample_for_each_step():
    steps = split_into_steps(parse_sample((SEQUENCE, "label"), 7), [X])
    assert [(step.index, step.annotation) for step in steps] == [(7, "label")] * 3
    np.testing.assert_array_equal(np.stack([data[0] for data in data_of(steps)]), SEQUENCE)


def test_an_input_without_the_axis_is_the_same_in_every_step():
    data = {"x": SEQUENCE, "flag": np.float32([1.0])}
    steps = data_of(split_into_steps(parse_sample(data, 0), [X, FLAG]))
    assert len(steps) == 3
    assert all(step[1] == 1 for step in steps)


def test_a_list_of_dicts_is_a_sequence_whose_steps_may_differ_in_shape():
    sample = parse_sample([{"x": np.zeros((1, size, 8))} for size in (5, 1, 1)], 0)
    assert isinstance(sample.data, Steps)
    shapes = [step.data["x"].shape for step in split_into_steps(sample, [described("x", (1, None, 8))])]
    assert shapes == [(1, 5, 8), (1, 1, 8), (1, 1, 8)]


def test_a_single_step_stays_as_it_is():
    sample = parse_sample(SEQUENCE[0], 0)
    assert split_into_steps(sample, [X]) == [sample]


def test_without_a_state_nothing_is_split():
    sample = parse_sample(SEQUENCE, 0)
    assert split_into_steps(sample, [described("x", (1, 8), has_state=False)]) == [sample]


def test_steps_for_a_model_without_a_state_are_refused():
    with pytest.raises(DataError, match=r"sample 4 .* keeps no state"):
        split_into_steps(parse_sample([{"x": SEQUENCE[0]}] * 2, 4), [described("x", (1, 8), has_state=False)])


def test_inputs_with_different_numbers_of_steps_are_refused():
    data = {"x": SEQUENCE, "flag": np.zeros((2, 1), np.float32)}
    with pytest.raises(DataError, match=r"sample 1: .*'x': 3, 'flag': 2"):
        split_into_steps(parse_sample(data, 1), [X, FLAG])
