import numpy as np
import pytest

from openpot.inference.sequence_steps import stacked_steps


@pytest.mark.parametrize(
    ("shape", "stacked"),
    [((2, 5), (2, 4, 5)), ((2, 5, 3), (2, 5, 4, 3)), ((1, 2, 5, 3), (1, 2, 4, 5, 3)), ((5,), (5, 4)), ((), (4,))],
    ids=str,
)
def test_steps_are_stacked_on_an_axis_of_their_own(shape, stacked):
    steps = [{"h": np.full(shape, number)} for number in range(4)]
    assert stacked_steps(steps)["h"].shape == stacked


def test_each_output_is_stacked_for_itself():
    steps = [{"h": np.full((1, 2), number), "c": np.full((1, 3), -number)} for number in range(2)]
    answer = stacked_steps(steps)
    assert answer["h"].tolist() == [[[0, 0], [1, 1]]]
    assert answer["c"].tolist() == [[[0, 0, 0], [-1, -1, -1]]]
