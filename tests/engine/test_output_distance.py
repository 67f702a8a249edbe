import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openpot.engine.output_distance import DistanceGatherer
from openpot.numerics.distances import relative_error_across_items, sqnr_db


def gathered(reference, candidate):
    gatherer = DistanceGatherer("out")
    for pair in zip(reference, candidate, strict=True):
        gatherer.add(*pair)
    return gatherer.distance()


@given(st.integers(2, 6), st.integers(0, 2**31), st.floats(1e-3, 1e3), st.floats(-1e3, 1e3))
@settings(max_examples=50, deadline=None)
def test_gathering_item_by_item_equals_the_formulas_on_all_items(items, seed, scale, offset):
    rng = np.random.default_rng(seed)
    reference = rng.standard_normal((items, 3, 4)) * scale + offset
    candidate = reference + rng.standard_normal(reference.shape) * 0.1 * scale
    found = gathered(reference, candidate)
    assert found.relative == pytest.approx(relative_error_across_items(reference, candidate) ** 0.5, rel=1e-6)
    assert found.sqnr_db == pytest.approx(sqnr_db(reference, candidate))
    assert found.items == items


def test_equal_outputs_have_no_error_and_no_noise():
    reference = np.random.default_rng(0).standard_normal((3, 4))
    assert (gathered(reference, reference).relative, gathered(reference, reference).sqnr_db) == (0, None)


def test_an_output_that_does_not_vary_has_no_relative_error():
    reference = np.full((5, 4), 0.1)
    found = gathered(reference, reference + 0.01)
    assert found.relative is None
    assert found.sqnr_db == pytest.approx(20)


def test_a_single_item_has_no_relative_error():
    assert gathered(np.ones((1, 4)), np.zeros((1, 4))).relative is None


def test_a_broken_candidate_never_looks_good():
    reference = np.random.default_rng(0).standard_normal((3, 4))
    candidate = reference.copy()
    candidate[1, 2] = np.nan
    assert gathered(reference, candidate).relative == np.inf
    assert gathered(reference, candidate).sqnr_db == -np.inf


def test_masks_of_minus_infinity_must_be_kept_and_are_left_out():
    reference = np.random.default_rng(0).standard_normal((3, 4))
    reference[:, 0] = -np.inf
    candidate = reference + 0.1
    finite = relative_error_across_items(reference[:, 1:], candidate[:, 1:]) ** 0.5
    assert gathered(reference, candidate).relative == pytest.approx(finite)
    candidate[0, 0] = 0
    assert gathered(reference, candidate).relative == np.inf


def test_outputs_of_different_shapes_among_items_are_compared_around_the_common_mean():
    rng = np.random.default_rng(0)
    reference = [rng.standard_normal((count, 2)) for count in (3, 5, 1)]
    values = np.concatenate(reference)
    found = gathered(reference, [array + 0.1 for array in reference])
    expected = np.sqrt(0.01 * values.size / np.square(values - values.mean()).sum())
    assert found.relative == pytest.approx(expected)


def test_items_whose_shapes_differ_between_the_models_are_counted_apart():
    found = gathered([np.ones(3), np.zeros(3)], [np.ones(2), np.zeros(3)])
    assert (found.items, found.skipped) == (1, 1)


def test_nothing_comparable_has_no_distance():
    found = gathered([np.ones(3)], [np.ones(2)])
    assert (found.relative, found.sqnr_db, found.items) == (None, None, 0)


def test_empty_outputs_are_no_difference():
    assert gathered([np.ones((0, 4))] * 2, [np.ones((0, 4))] * 2).sqnr_db is None
