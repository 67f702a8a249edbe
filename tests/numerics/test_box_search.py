import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpot.numerics.box_search import evolve, walk_grid


class Enough(Exception):
    pass


def evolved(goal, tries, seed):
    seen = []

    def error(point):
        if len(seen) == tries:
            raise Enough
        seen.append(np.array(point))
        return float(np.abs(point - goal).sum())

    with pytest.raises(Enough):
        evolve(error, np.full(goal.size, 0.5), np.random.default_rng(seed))
    return np.array(seen)


@given(st.integers(1, 12), st.integers(0, 100))
def test_every_try_changes_the_best_point_somewhere_and_stays_in_the_box(size, seed):
    goal = np.random.default_rng(seed).random(size)
    seen = evolved(goal, 40, seed)
    assert seen.min() >= 0
    assert seen.max() <= 1
    errors = np.abs(seen - goal).sum(axis=1)
    for number in range(1, len(seen)):
        best = seen[:number][errors[:number] == errors[:number].min()][-1]
        assert (seen[number] != best).any()


def test_most_tries_change_few_coordinates_and_some_change_many():
    goal = np.full(40, 0.5)
    seen = evolved(goal, 500, 0)
    changed = (seen[1:] != 0.5).sum(axis=1)
    assert np.median(changed) <= 4
    assert changed.max() >= 15


def test_the_error_falls_on_a_separable_function():
    goal = np.random.default_rng(3).random(10)
    errors = np.abs(evolved(goal, 300, 0) - goal).sum(axis=1)
    assert errors.min() < 0.4 * errors[0]


def test_a_grid_finds_its_nearest_places():
    seen = []

    def error(point):
        seen.append((float(np.abs(point - np.array([0.1, 0.8])).sum()), tuple(point)))
        return seen[-1][0]

    walk_grid(error, np.array([0.5, 0.5]))
    assert min(seen)[1] == (0.0, 0.75)
