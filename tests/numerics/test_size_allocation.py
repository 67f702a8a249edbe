import itertools

import numpy as np
import pytest

from openpot.numerics.size_allocation import AllocationPath, find_lower_hull


def problem(seed, items=5, options=4):
    rng = np.random.default_rng(seed)
    sizes = [np.sort(rng.uniform(1, 10, options)) for _ in range(items)]
    losses = [np.sort(rng.exponential(1, options))[::-1] for _ in range(items)]
    return sizes, losses


def best_of_all(sizes, losses, limit):
    every = itertools.product(*(range(len(size)) for size in sizes))
    within = [picks for picks in every if sum(size[pick] for size, pick in zip(sizes, picks, strict=True)) <= limit]
    return min(sum(loss[pick] for loss, pick in zip(losses, picks, strict=True)) for picks in within)


@pytest.mark.parametrize("seed", range(6))
def test_what_is_picked_fits_and_is_near_the_best_of_all(seed):
    sizes, losses = problem(seed)
    for limit in (18, 25, 32):
        allocation = AllocationPath(sizes, losses).pick_within(limit)
        assert allocation.size <= limit
        assert allocation.size == pytest.approx(sum(s[p] for s, p in zip(sizes, allocation.picks, strict=True)))
        assert allocation.loss <= 1.35 * best_of_all(sizes, losses, limit)


def test_more_room_never_loses_more_along_the_path():
    points = AllocationPath(*problem(7, items=20)).points
    sizes, losses = np.transpose(points)
    assert (np.diff(sizes) > 0).all()
    assert (np.diff(losses) < 0).all()


def test_a_limit_on_the_loss_takes_the_smallest_allocation_that_keeps_it():
    path = AllocationPath(*problem(3, items=8))
    losses = [loss for _, loss in path.points]
    for limit in (losses[0] + 1, losses[5], losses[-1]):
        allocation = path.pick_below(limit)
        assert allocation.loss <= limit + 1e-9
        assert allocation.size == pytest.approx(min(size for size, loss in path.points if loss <= limit + 1e-9))
    assert path.pick_below(0.0).loss == pytest.approx(losses[-1])


def test_a_size_that_cannot_be_reached_gives_nothing():
    path = AllocationPath(*problem(1))
    assert path.pick_within(0.99 * path.smallest) is None
    assert path.pick_within(path.smallest).size == pytest.approx(path.smallest)


def test_options_above_the_hull_are_left_out():
    assert find_lower_hull(np.array([1.0, 2, 3, 4]), np.array([8.0, 7, 2, 3])) == [0, 2]
