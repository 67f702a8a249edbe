"""Answers are compared as answers."""

import numpy as np
import pytest

from openpot.measure.discrete_distance import LabelDistance, RowDistance
from openpot.measure.output_distance import Comparison


def distance(kind, *pairs):
    accumulator = kind("out")
    for reference, candidate in pairs:
        accumulator.add(np.asarray(reference), np.asarray(candidate))
    return accumulator.compute_distance()


def test_labels_are_equal_or_not_however_far_apart_their_numbers_are():
    found = distance(LabelDistance, ([[1, 2, 3, 999]], [[1, 2, 3, 0]]), ([[5, 5, 5, 5]], [[5, 5, 5, 5]]))
    assert (found.relative, found.samples, found.comparison) == (1 / 8, 2, Comparison.LABELS)


@pytest.mark.parametrize("values", [[True, False], ["cat", "dog"]])
def test_truth_values_and_text_are_labels(values):
    assert distance(LabelDistance, (values, values)).relative == 0
    assert distance(LabelDistance, (values, values[::-1])).relative == 1


def test_labels_of_another_shape_are_counted_apart():
    found = distance(LabelDistance, ([1, 2], [1]), ([1, 2], [1, 2]))
    assert (found.relative, found.samples, found.skipped) == (0, 1, 1)


def test_rows_may_come_in_another_order_and_number():
    rows = np.random.default_rng(0).normal(size=(10, 4))
    assert distance(RowDistance, (rows, rows[::-1])).relative == 0
    found = distance(RowDistance, (rows, rows[:5]), (rows, rows))
    assert found.relative == pytest.approx((5 / 15 + 0) / 2)
    assert (found.samples, found.skipped, found.comparison) == (2, 0, Comparison.ROWS)


def test_without_rows_nothing_is_lost():
    nothing = np.zeros((0, 3))
    assert distance(RowDistance, (nothing, nothing)).relative == 0
    assert distance(RowDistance, (np.ones((2, 3)), nothing)).relative == 1
    assert distance(RowDistance).relative is None
