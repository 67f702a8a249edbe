"""Which values share a pair of limits, and limits that reach these values again."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from openpot.numerics.granularity import spread_group_limits, to_channel_rows, to_limit_rows
from openpot.scheme import PerChannel, PerGroup, PerTensor

WEIGHTS = np.arange(24.0).reshape(2, 3, 4)


@given(
    hnp.arrays(np.float32, hnp.array_shapes(min_dims=3, max_dims=4, max_side=4), elements=st.floats(-5, 5, width=32))
)
def test_every_value_is_in_the_row_of_its_channel(values):
    rows = to_channel_rows(values, (0, 2))
    for first in range(values.shape[0]):
        for third in range(values.shape[2]):
            own = values[first, :, third].ravel()
            np.testing.assert_array_equal(np.sort(rows[first * values.shape[2] + third]), np.sort(own))


@pytest.mark.parametrize(
    ("granularity", "rows"),
    [(PerTensor(), 1), (PerChannel(0), 2), (PerChannel((0, 2)), 8), (PerGroup(2, 0, 2), 4), (PerGroup(3, 2, 1), 4)],
    ids=str,
)
def test_every_value_is_in_one_row(granularity, rows):
    found = to_limit_rows(WEIGHTS, granularity)
    assert found.shape == (rows, 24 // rows)
    assert sorted(found.ravel()) == sorted(WEIGHTS.ravel())


def test_groups_are_neighbours_of_one_channel():
    matrix = np.arange(8.0).reshape(2, 4)
    np.testing.assert_array_equal(to_limit_rows(matrix, PerGroup(2, 0, 1)), [[0, 1], [2, 3], [4, 5], [6, 7]])
    np.testing.assert_array_equal(to_limit_rows(matrix.T, PerGroup(2, 1, 0)), [[0, 1], [2, 3], [4, 5], [6, 7]])


@given(
    st.sampled_from([PerGroup(2, 0, 1), PerGroup(2, 1, 0), PerGroup(2, (0, 2), 1), PerGroup(2, (1, 2), 0)]),
    st.tuples(st.sampled_from([2, 4, 6]), st.sampled_from([2, 4, 6]), st.integers(1, 3)),
)
def test_limits_reach_the_values_that_they_come_from(granularity, shape):
    values = np.random.default_rng(0).normal(size=shape)
    spread = np.broadcast_to(
        spread_group_limits(to_limit_rows(values, granularity).max(axis=1), granularity, shape), shape
    )
    assert (values <= spread).all()
    rows, limits = to_limit_rows(values, granularity), to_limit_rows(spread, granularity)
    np.testing.assert_array_equal(limits, np.repeat(rows.max(axis=1)[:, None], rows.shape[1], axis=1))
