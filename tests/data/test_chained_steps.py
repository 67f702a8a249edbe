import itertools

import numpy as np
import pytest

from openpot.data.adapt import make_data_loader
from openpot.data.chained_steps import MAX_STEPS, MIN_SEQUENCES, ChainedSteps
from openpot.data.input_description import InputDescription

INPUTS = [InputDescription("x", frozenset({"x"}), (1,), has_state=True)]


def numbers(count):
    loader = make_data_loader([np.float32([number]) for number in range(count)])
    chained = ChainedSteps(loader, INPUTS)
    return [[int(step["x"][0]) for step in chained[index]] for index in range(len(chained))]


@pytest.mark.parametrize("count", [1, 7, 60, 1000])
def test_every_sample_is_in_a_sequence_and_steps_are_consecutive(count):
    sequences = numbers(count)
    assert len(sequences) >= MIN_SEQUENCES
    assert {len(steps) for steps in sequences} == {min(count, MAX_STEPS)}
    assert {step for steps in sequences for step in steps} == set(range(count))
    for steps in sequences:
        assert all((after - before) % count in (0, 1) for before, after in itertools.pairwise(steps))


def test_sequences_begin_at_different_places():
    assert len({steps[0] for steps in numbers(60)}) == MIN_SEQUENCES
