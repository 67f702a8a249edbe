"""Distances as a table, and what holds for any pair of arrays."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from openpot.errors import DataError
from openpot.numerics.distances import cosine_distance, mse, relative_error_across_items, sqnr_db

INF, NAN = np.inf, np.nan
EVERY = [mse, sqnr_db, cosine_distance, relative_error_across_items]
WORST = {mse: INF, sqnr_db: -INF, cosine_distance: INF, relative_error_across_items: INF}
BEST = {mse: 0.0, sqnr_db: INF, cosine_distance: 0.0, relative_error_across_items: 0.0}

TABLE = [
    (mse, [1, 2, 3], [1, 2, 5], 4 / 3),
    (sqnr_db, [10, 0], [10, 1], 20.0),
    (sqnr_db, [1, 1], [2, 2], 0.0),
    (sqnr_db, [0, 0], [1, 0], -INF),
    (cosine_distance, [1, 0], [5, 0], 0.0),
    (cosine_distance, [1, 0], [0, 3], 1.0),
    (cosine_distance, [1, 0], [-2, 0], 2.0),
    (cosine_distance, [0, 0], [0, 0], 0.0),
    (cosine_distance, [0, 0], [1, 0], 1.0),
    (cosine_distance, [1e200, 0], [1e200, 1e200], 1 - np.sqrt(0.5)),
    (relative_error_across_items, [[0], [2]], [[0], [3]], 0.5),
    (relative_error_across_items, [[5], [5]], [[5], [6]], INF),
    (relative_error_across_items, [[0.1], [0.1], [0.1]], [[0.1], [0.1], [0.2]], INF),
]


@pytest.mark.parametrize(
    ("distance", "reference", "candidate", "expected"), TABLE, ids=[f"{row[0].__name__} {row[1]}" for row in TABLE]
)
def test_table(distance, reference, candidate, expected):
    assert distance(np.array(reference), np.array(candidate)) == pytest.approx(expected)


def test_a_constant_component_hides_errors_from_sqnr_but_not_from_the_variation_across_items():
    rng = np.random.default_rng(0)
    signal = rng.normal(size=(100, 8))
    reference, candidate = signal + 1000, signal * 0.5 + 1000
    assert sqnr_db(reference, candidate) > 60
    assert relative_error_across_items(reference, candidate) == pytest.approx(0.25, rel=0.05)


def test_answering_with_the_mean_of_all_items_has_error_one():
    reference = np.random.default_rng(0).normal(size=(20, 3, 4)) + 7
    candidate = np.broadcast_to(reference.mean(axis=0), reference.shape)
    assert relative_error_across_items(reference, candidate) == pytest.approx(1.0)


def test_small_angles_are_not_lost_in_rounding():
    assert cosine_distance(np.array([1.0, 0.0]), np.array([1.0, 1e-9])) == pytest.approx(5e-19, rel=1e-3)


@pytest.mark.parametrize("distance", EVERY)
@pytest.mark.parametrize("broken", [NAN, INF, -INF])
def test_a_broken_candidate_has_the_worst_distance(distance, broken):
    reference = np.arange(6.0).reshape(3, 2)
    candidate = reference.copy()
    candidate[1, 1] = broken
    assert distance(reference, candidate) == WORST[distance]


@pytest.mark.parametrize("distance", EVERY)
@pytest.mark.parametrize("mask", [NAN, INF, -INF])
def test_a_mask_must_be_kept_and_counts_no_further(distance, mask):
    reference = np.arange(6.0).reshape(3, 2)
    masked = reference.copy()
    masked[1, 1] = mask
    assert distance(masked, masked.copy()) == BEST[distance]
    assert distance(masked, reference) == WORST[distance]
    candidate = masked.copy()
    candidate[0, 0] += 1
    assert np.isfinite(distance(masked, candidate))


def test_a_masked_place_is_left_out_of_the_mean():
    assert mse(np.array([-INF, 1.0]), np.array([-INF, 3.0])) == 4.0
    assert relative_error_across_items(np.array([[-INF], [1.0], [3.0]]), np.array([[-INF], [1.0], [4.0]])) == 0.5
    assert mse(np.array([-INF]), np.array([-INF])) == 0.0


@pytest.mark.parametrize("distance", EVERY)
def test_different_shapes_and_empty_arrays_are_refused(distance):
    with pytest.raises(DataError, match=r"\(2, 3\).*\(3, 2\)"):
        distance(np.zeros((2, 3)), np.zeros((3, 2)))
    with pytest.raises(DataError, match="elements"):
        distance(np.zeros((0, 3)), np.zeros((0, 3)))


@pytest.mark.parametrize("shape", [(), (1,), (1, 5)])
def test_variation_needs_two_items(shape):
    with pytest.raises(DataError, match="at least two"):
        relative_error_across_items(np.zeros(shape), np.zeros(shape))


items = hnp.arrays(np.float64, st.tuples(st.integers(2, 6), st.integers(1, 4)), elements=st.floats(-100, 100))
pairs = items.flatmap(
    lambda first: st.tuples(st.just(first), hnp.arrays(np.float64, first.shape, elements=st.floats(-100, 100)))
)


@given(items, st.sampled_from(EVERY))
def test_an_equal_candidate_has_the_best_distance(reference, distance):
    assert distance(reference, reference.copy()) == BEST[distance]


@given(pairs, st.sampled_from([sqnr_db, cosine_distance, relative_error_across_items]), st.integers(-8, 8))
def test_ratios_do_not_depend_on_the_unit(pair, distance, exponent):
    reference, candidate = pair
    assume(np.abs(reference).max() > 1e-3)
    assume(np.ptp(reference, axis=0).max() > 1e-3)
    factor = 2.0**exponent
    assert distance(reference * factor, candidate * factor) == pytest.approx(distance(reference, candidate))


@given(pairs, st.floats(-100, 100))
def test_the_variation_across_items_ignores_what_is_added_to_every_item(pair, constant):
    reference, candidate = pair
    assume(np.ptp(reference, axis=0).max() > 0.1)
    plain = relative_error_across_items(reference, candidate)
    assert relative_error_across_items(reference + constant, candidate + constant) == pytest.approx(plain, rel=1e-6)


@given(pairs)
def test_mse_and_cosine_distance_are_symmetric_and_bounded_below(pair):
    for distance in (mse, cosine_distance):
        assert distance(*pair) == pytest.approx(distance(*pair[::-1]))
        assert distance(*pair) >= 0
