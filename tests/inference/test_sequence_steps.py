import numpy as np
import pytest

from openpot.inference.feeds import Feed, NextStep
from openpot.inference.sequence_steps import StepOutputs, stack_steps


@pytest.mark.parametrize(
    ("shape", "stacked"),
    [((2, 5), (2, 4, 5)), ((2, 5, 3), (2, 5, 4, 3)), ((1, 2, 5, 3), (1, 2, 4, 5, 3)), ((5,), (5, 4)), ((), (4,))],
    ids=str,
)
def test_steps_are_stacked_on_an_axis_of_their_own(shape, stacked):
    steps = [{"h": np.full(shape, number)} for number in range(4)]
    assert stack_steps(steps)["h"].shape == stacked


def test_each_output_is_stacked_for_itself():
    steps = [{"h": np.full((1, 2), number), "c": np.full((1, 3), -number)} for number in range(2)]
    answer = stack_steps(steps)
    assert answer["h"].tolist() == [[[0, 0], [1, 1]]]
    assert answer["c"].tolist() == [[[0, 0, 0], [-1, -1, -1]]]


def feeds_of_two_sequences():
    plan = [(False, False), (True, True), (False, False), (True, False), (True, True)]
    return [Feed(n, (0,), NextStep() if goes_on else {}, is_last=last) for n, (goes_on, last) in enumerate(plan)]


def test_outputs_of_a_sequence_are_complete_with_its_last_step():
    outputs, found = StepOutputs(), []
    for number, feed in enumerate(feeds_of_two_sequences()):
        if outputs.add(feed, {"y": np.full((1, 2), number)}):
            found.append(outputs.complete()["y"][:, 0, 0].tolist())
    assert found == [[0, 1], [2, 3, 4]]


def test_outputs_of_single_inferences_stay_as_they_are():
    outputs, array = StepOutputs(), np.ones((1, 2))
    assert outputs.add(Feed(0, (0,), {}), {"y": array})
    assert outputs.complete()["y"] is array


def test_outputs_that_change_their_shape_become_a_list():
    outputs = StepOutputs()
    for number, feed in enumerate(feeds_of_two_sequences()[:2]):
        outputs.add(feed, {"y": np.ones((1, number + 1))})
    assert [one.shape for one in outputs.complete()["y"]] == [(1, 1), (1, 2)]
