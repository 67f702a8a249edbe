"""Values of many inferences to one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from openpot.errors import ConfigError, DataError
from openpot.numerics import aggregators
from openpot.numerics.aggregators import Aggregator, AggregatorKind, StreamingSummary, estimate_hodges_lehmann

ROWS = list(np.arange(8.0).reshape(4, 2))
GOLD = {
    AggregatorKind.MEAN: [3, 4],
    AggregatorKind.BATCH_MEAN: [3, 4],
    AggregatorKind.MAX: [6, 7],
    AggregatorKind.MIN: [0, 1],
    AggregatorKind.MEDIAN: [3, 4],
    AggregatorKind.MEAN_NO_OUTLIERS: [3, 4],
    AggregatorKind.MEDIAN_NO_OUTLIERS: [3, 4],
    AggregatorKind.HL_ESTIMATOR: [3, 4],
}


@pytest.mark.parametrize("kind", AggregatorKind)
def test_gold_values(kind):
    np.testing.assert_allclose(Aggregator(kind)(ROWS), GOLD[kind])


@pytest.mark.parametrize("kind", AggregatorKind)
def test_per_tensor_values_give_a_scalar(kind):
    result = Aggregator(kind)([row[0] for row in ROWS])
    assert result.shape == ()
    assert result == GOLD[kind][0]


@pytest.mark.parametrize("kind", AggregatorKind)
def test_a_single_inference_is_its_own_answer(kind):
    assert Aggregator(kind)([np.array([2.0, 5.0])]).tolist() == [2, 5]


ROBUST = [AggregatorKind.MEDIAN, AggregatorKind.MEDIAN_NO_OUTLIERS, AggregatorKind.HL_ESTIMATOR]


@pytest.mark.parametrize("kind", [*ROBUST, AggregatorKind.MEAN_NO_OUTLIERS])
def test_one_odd_inference_does_not_move_robust_kinds(kind):
    values = [np.float64(value) for value in np.linspace(0.9, 1.1, 200)]
    values[7] = np.float64(1e6)
    assert Aggregator(kind)(values) == pytest.approx(1.0, abs=0.01)
    assert Aggregator(AggregatorKind.MEAN)(values) > 1000


def test_outliers_are_dropped_in_each_channel_for_itself():
    rows = [np.array([value, 10 * value]) for value in np.linspace(1, 2, 300)]
    rows[0][0], rows[5][1] = 1e9, -1e9
    np.testing.assert_allclose(Aggregator(AggregatorKind.MEAN_NO_OUTLIERS)(rows), [1.5, 15], rtol=0.01)


def test_two_inferences_are_never_both_outliers():
    assert Aggregator(AggregatorKind.MEAN_NO_OUTLIERS)([np.float64(0), np.float64(10)]) == 5


@pytest.mark.parametrize("kind", AggregatorKind)
def test_not_a_number_stays_visible_in_its_channel(kind):
    rows = [np.array([1.0, np.nan]), np.array([2.0, 1.0]), np.array([3.0, 1.0])]
    assert np.isnan(Aggregator(kind)(rows)).tolist() == [False, True]


@pytest.mark.parametrize("kind", AggregatorKind)
def test_no_value_or_different_shapes_are_refused(kind):
    with pytest.raises(DataError, match="at least one value"):
        Aggregator(kind)([])
    with pytest.raises(DataError, match=r"\(2,\), \(3,\)"):
        Aggregator(kind)([np.zeros(2), np.zeros(3)])


def test_many_values_are_thinned_to_order_statistics_for_the_pairs(monkeypatch):
    rows = np.random.default_rng(0).normal([0, 5, -5], size=(400, 3))
    exact = estimate_hodges_lehmann(rows)
    monkeypatch.setattr(aggregators, "MAX_PAIRED_VALUES", 100)
    np.testing.assert_allclose(estimate_hodges_lehmann(rows), exact, atol=0.02)


rows_of_vectors = hnp.arrays(
    np.float64, st.tuples(st.integers(1, 30), st.integers(1, 4)), elements=st.floats(-1e6, 1e6)
)


@given(rows_of_vectors, st.sampled_from(AggregatorKind))
def test_every_aggregate_lies_between_the_extremes(rows, kind):
    result = Aggregator(kind)(list(rows))
    slack = 1e-9 * np.abs(rows).max()
    assert (result >= rows.min(axis=0) - slack).all()
    assert (result <= rows.max(axis=0) + slack).all()


@given(rows_of_vectors, st.sampled_from(AggregatorKind), st.randoms(use_true_random=False))
def test_the_order_of_the_inferences_does_not_matter(rows, kind, random):
    shuffled = list(rows)
    random.shuffle(shuffled)
    np.testing.assert_allclose(Aggregator(kind)(shuffled), Aggregator(kind)(list(rows)), rtol=1e-9, atol=1e-6)


@given(rows_of_vectors, st.sampled_from(AggregatorKind))
def test_channels_do_not_influence_each_other(rows, kind):
    together = Aggregator(kind)(list(rows))
    for channel in range(rows.shape[1]):
        np.testing.assert_allclose(together[channel], Aggregator(kind)(list(rows[:, channel])), rtol=1e-12)


@given(rows_of_vectors)
def test_a_streaming_summary_gives_the_bytes_of_the_aggregators(rows):
    summary = StreamingSummary(rows.shape[1])
    for row in rows:
        summary.update(row.astype(np.float32))
    for kind in AggregatorKind:
        if kind.is_streaming:
            expected = Aggregator(kind)(list(rows.astype(np.float32)))
            assert summary.summarize(kind).tobytes() == expected.tobytes()
    assert summary.count == len(rows)


def test_a_streaming_summary_sums_in_double_precision():
    summary = StreamingSummary(1)
    for _ in range(3):
        summary.update(np.array([2.0**24], np.float32))
        summary.update(np.array([1.0], np.float32))
    assert summary.mean == (2.0**24 + 1) / 2
    assert (summary.minimum, summary.maximum) == (1, 2.0**24)


def test_a_streaming_summary_shows_what_is_not_a_number():
    summary = StreamingSummary(2)
    summary.update(np.array([np.nan, 1.0]))
    summary.update(np.array([1.0, 2.0]))
    for values in (summary.mean, summary.minimum, summary.maximum):
        assert np.isnan(values).tolist() == [True, False]


def test_a_streaming_summary_refuses_answers_that_it_does_not_have():
    summary = StreamingSummary(2)
    for ask in (lambda: summary.mean, lambda: summary.minimum, lambda: summary.maximum):
        with pytest.raises(DataError, match="nothing was observed"):
            ask()
    with pytest.raises(DataError, match=r"\(2,\).*\(3,\)"):
        summary.update(np.zeros(3))
    summary.update(np.zeros(2))
    with pytest.raises(ConfigError, match="median"):
        summary.summarize(AggregatorKind.MEDIAN)


def test_answers_do_not_change_with_later_updates():
    summary = StreamingSummary(1)
    summary.update(np.array([1.0]))
    low, high = summary.minimum, summary.maximum
    summary.update(np.array([5.0]))
    summary.update(np.array([-5.0]))
    assert (low[0], high[0]) == (1, 1)
