"""When statistics have converged."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpot.graph.lower_reducer import plan_packed_layout
from openpot.graph.tensor_id import TensorId
from openpot.numerics.aggregators import Aggregator, AggregatorKind
from openpot.numerics.reducers import Reducer, ReducerKind
from openpot.statistics.convergence import FIRST_CHECK, SMALL_CHANGE, Convergence, compute_mean_change
from openpot.statistics.spec import StatisticSpec
from openpot.statistics.summary import SpecSummary
from toy_models import tiny_cnn


def spec(node, kind="max"):
    return StatisticSpec(TensorId(node), Reducer(ReducerKind(kind)), Aggregator(AggregatorKind(kind)))


SPECS = (spec("data"), spec("relu1"), spec("relu1", "min"))


def told(values):
    """After how many inferences it is enough, for rows of values in the order of SPECS; None for never."""
    model = tiny_cnn()
    summary = SpecSummary(model, SPECS)
    slices = dict(plan_packed_layout(model, summary.requests).packed)
    convergence = Convergence(summary)
    for count, row in enumerate(values, 1):
        packed = np.zeros(len(row), np.float32)
        for number, value in enumerate(row):
            packed[slices[number]] = value
        summary.update(count - 1, packed, {})
        if convergence.is_enough(count):
            return count
    return None


def test_equal_samples_are_enough_at_the_first_check():
    assert told([(1.0, 2.0, -1.0)] * 300) == FIRST_CHECK


def test_a_range_that_goes_on_growing_is_never_enough():
    assert told([(1.0, 2.0 + count, -1.0) for count in range(300)]) is None


def test_growth_that_ends_is_waited_for():
    assert told([(1.0, min(2.0 + count, 60.0), -1.0) for count in range(300)]) == 128


def test_few_samples_are_all_used():
    assert told([(1.0, 2.0, -1.0)] * (FIRST_CHECK - 1)) is None


def test_a_tensor_without_elements_so_far_is_waited_for():
    assert told([(1.0, np.nan, -1.0)] * 70 + [(1.0, 2.0, -1.0)] * 130) == 192


def test_changes_count_by_tensor_against_its_largest_value():
    data, high, low = SPECS
    before = {data: np.array(1.0), high: np.array(1.0), low: np.array(-4.0)}
    now = {data: np.array(1.0), high: np.array(2.0), low: np.array(-4.0)}
    assert compute_mean_change(before, now) == pytest.approx((0 + 1 / 4) / 2)
    assert compute_mean_change(now, now) == 0


@given(st.lists(st.floats(0.1, 10), min_size=3, max_size=3), st.floats(1e-3, 1e3))
def test_the_unit_of_the_tensors_does_not_matter(values, unit):
    before = {one: np.array(1.0) for one in SPECS}
    now = {one: np.array(value) for one, value in zip(SPECS, values, strict=True)}
    scaled = [{one: value * unit for one, value in answers.items()} for answers in (before, now)]
    assert compute_mean_change(*scaled) == pytest.approx(compute_mean_change(before, now))


def test_no_change_at_all_between_zeros():
    zeros = {one: np.zeros(()) for one in SPECS}
    assert compute_mean_change(zeros, zeros) == 0 < SMALL_CHANGE
