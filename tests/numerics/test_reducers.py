"""What a reducer takes from one inference."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from openpot.errors import ConfigError, DataError, ModelError
from openpot.numerics.reducers import Reducer, ReducerKind, reduce_axes

CUBE = np.arange(16, dtype=np.float32).reshape(2, 2, 2, 2)

TABLE = [
    # reducer, expected on CUBE
    (Reducer(ReducerKind.MIN), 0),
    (Reducer(ReducerKind.MAX), 15),
    (Reducer(ReducerKind.ABS_MAX), 15),
    (Reducer(ReducerKind.MEAN), 7.5),
    (Reducer(ReducerKind.MEAN_SQUARE), 77.5),
    (Reducer(ReducerKind.QUANTILE, quantile=0.01), 0.15),
    (Reducer(ReducerKind.ABS_QUANTILE, quantile=0.01), 0.15),
    (Reducer(ReducerKind.MIN, channel_axis=1), [0, 4]),
    (Reducer(ReducerKind.MAX, channel_axis=1), [11, 15]),
    (Reducer(ReducerKind.MAX, channel_axis=-1), [14, 15]),
    (Reducer(ReducerKind.MEAN, channel_axis=1), [5.5, 9.5]),
    (Reducer(ReducerKind.MEAN, channel_axis=0), [3.5, 11.5]),
    (Reducer(ReducerKind.QUANTILE, channel_axis=0, quantile=0.01), [0.07, 8.07]),
    (Reducer(ReducerKind.MIN, average_over_batch=True), 4),
    (Reducer(ReducerKind.MAX, channel_axis=1, average_over_batch=True), [7, 11]),
    (Reducer(ReducerKind.MAX, channel_axis=-3, average_over_batch=True), [7, 11]),
    (Reducer(ReducerKind.QUANTILE, quantile=0.01, average_over_batch=True), 4.07),
]


@pytest.mark.parametrize(("reducer", "expected"), TABLE, ids=[str(row[0]) for row in TABLE])
def test_table(reducer, expected):
    result = reducer(CUBE)
    assert result.dtype == np.float64
    assert result.shape == np.shape(expected)
    np.testing.assert_allclose(result, expected)


def test_the_magnitude_of_the_lowest_integer_is_not_lost():
    assert Reducer(ReducerKind.ABS_MAX)(np.array([-128, 3], np.int8)) == 128
    assert Reducer(ReducerKind.ABS_QUANTILE, quantile=1.0)(np.array([-128, 3], np.int8)) == 128
    assert Reducer(ReducerKind.MEAN_SQUARE)(np.array([200, 200], np.uint8)) == 40000


def test_a_mean_of_many_small_numbers_is_summed_exactly_enough():
    values = np.full(2**24 + 2**20, 0.1, np.float32)
    assert Reducer(ReducerKind.MEAN)(values) == pytest.approx(np.float64(np.float32(0.1)), rel=1e-12)


def test_a_scalar_output_is_its_own_statistic():
    assert Reducer(ReducerKind.MAX)(np.float32(3)) == 3
    assert Reducer(ReducerKind.MAX, average_over_batch=True)(np.float32(3)) == 3


def test_not_a_number_stays_visible():
    for kind in (ReducerKind.MIN, ReducerKind.MAX, ReducerKind.ABS_MAX, ReducerKind.MEAN):
        assert np.isnan(Reducer(kind)(np.array([1.0, np.nan])))


def test_an_empty_tensor_is_refused_with_its_shape():
    with pytest.raises(DataError, match=r"\(0, 4\)"):
        Reducer(ReducerKind.MIN)(np.zeros((0, 4)))


@pytest.mark.parametrize("axis", [2, -3])
def test_a_channel_axis_that_the_tensor_does_not_have_is_refused(axis):
    with pytest.raises(ModelError, match=f"axis {axis} .*rank 2"):
        Reducer(ReducerKind.MIN, channel_axis=axis)(np.zeros((3, 4)))


def test_the_channel_axis_must_not_be_the_batch_that_is_averaged():
    with pytest.raises(ConfigError, match="axis 0"):
        Reducer(ReducerKind.MIN, channel_axis=0, average_over_batch=True)
    with pytest.raises(ModelError, match="batch axis"):
        Reducer(ReducerKind.MIN, channel_axis=-2, average_over_batch=True)(np.zeros((3, 4)))


@pytest.mark.parametrize(
    ("kind", "quantile"),
    [(ReducerKind.QUANTILE, None), (ReducerKind.QUANTILE, 1.5), (ReducerKind.MIN, 0.5)],
    ids=["missing", "out of range", "not wanted"],
)
def test_a_level_belongs_to_quantiles_and_lies_in_0_to_1(kind, quantile):
    with pytest.raises(ConfigError, match=r"quantile|level"):
        Reducer(kind, quantile=quantile)


def test_equal_wishes_are_equal_and_hashable():
    assert len({Reducer(ReducerKind.MIN, 1), Reducer(ReducerKind.MIN, 1), Reducer(ReducerKind.MIN, 2)}) == 2


tensors = hnp.arrays(
    np.float32, hnp.array_shapes(min_dims=2, max_dims=4, max_side=5), elements=st.floats(-1e6, 1e6, width=32)
)
simple_kinds = st.sampled_from([kind for kind in ReducerKind if not kind.is_quantile])


@given(tensors)
def test_statistics_are_ordered(tensor):
    values = {kind: Reducer(kind)(tensor) for kind in ReducerKind if not kind.is_quantile}
    slack = 1e-6 * values[ReducerKind.ABS_MAX]
    assert values[ReducerKind.MIN] <= values[ReducerKind.MEAN] + slack
    assert values[ReducerKind.MEAN] <= values[ReducerKind.MAX] + slack
    assert values[ReducerKind.ABS_MAX] == max(-values[ReducerKind.MIN], values[ReducerKind.MAX])


@given(tensors, simple_kinds)
def test_per_channel_equals_per_tensor_on_each_channel(tensor, kind):
    per_channel = Reducer(kind, channel_axis=1)(tensor)
    for channel, value in enumerate(per_channel):
        np.testing.assert_allclose(value, Reducer(kind)(tensor[:, channel]), rtol=1e-9, atol=1e-9)


@given(tensors, simple_kinds)
def test_averaging_over_the_batch_is_the_mean_of_single_inferences(tensor, kind):
    one_by_one = [Reducer(kind)(sample[None]) for sample in tensor]
    np.testing.assert_allclose(
        Reducer(kind, average_over_batch=True)(tensor), np.mean(one_by_one), rtol=1e-9, atol=1e-9
    )


@given(tensors)
def test_quantiles_0_and_1_are_the_extremes(tensor):
    assert Reducer(ReducerKind.QUANTILE, quantile=0.0)(tensor) == tensor.min()
    assert Reducer(ReducerKind.ABS_QUANTILE, quantile=1.0)(tensor) == np.abs(tensor).max()


def test_reduce_axes_keeps_the_other_axes():
    assert reduce_axes(CUBE, ReducerKind.MAX, (2, 3)).tolist() == [[3, 7], [11, 15]]
