"""The curve between float and INT8: its order, its latencies, and what is chosen on it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpot.measure.speed import Ratio
from openpot.search.latency_curve import (
    CurvePoint,
    LatencyCurve,
    UnitCosts,
    add_measurement,
    choose_count,
    is_too_noisy,
    make_points,
)
from openpot.search.units import Unit


def costs(gains, squares, works=None):
    units = [Unit((str(n),), (f"op {n}",), work) for n, work in enumerate(works or [1.0] * len(gains))]
    return UnitCosts(units, np.array(gains, np.float64), np.array(squares, np.float64))


def test_units_become_int8_by_error_per_gain_and_what_gains_nothing_comes_last():
    found = costs([1.0, 4.0, -1.0, 2.0, 0.0], [0.02, 0.04, 0.0, 0.01, 0.0])
    assert found.order == [3, 1, 0, 4, 2]
    assert found.num_gaining == 3
    assert [unit.quantizers[0] for unit in found.in_float(2)] == ["0", "2", "4"]
    assert found.errors == pytest.approx(np.sqrt([0, 0.01, 0.05, 0.07, 0.07, 0.07]))


def test_latencies_between_measured_ones_follow_the_gain():
    found = costs([1.0, 3.0, 4.0], [0.1, 0.4, 0.9])
    assert found.predict_seconds({0: 1.0, 3: 0.2}) == pytest.approx([1.0, 0.9, 0.6, 0.2])
    assert found.predict_seconds({0: 1.0, 2: 0.8, 3: 0.2}) == pytest.approx([1.0, 0.95, 0.8, 0.2])


def test_latencies_of_units_that_gain_nothing_follow_their_number():
    found = costs([2.0, -1.0, -1.0], [0.1, 0.1, 0.1])
    assert found.predict_seconds({0: 1.0, 1: 0.5, 3: 0.7}) == pytest.approx([1.0, 0.5, 0.6, 0.7])


def test_anchors_are_both_ends_all_that_gains_and_shares_of_the_gain():
    assert costs([1.0] * 8 + [-1.0], [0.1] * 9).choose_anchors() == [0, 2, 4, 6, 8, 9]
    assert costs([-1.0], [0.1]).choose_anchors() == [0, 1]


ERRORS, SECONDS = np.array([0.0, 0.1, 0.2, 0.3]), np.array([1.0, 0.8, 0.5, 0.6])


@pytest.mark.parametrize(
    ("max_error", "max_seconds", "chosen"),
    [
        (0.3, None, (2, True)),  # the fastest, not the last
        (0.15, None, (1, True)),
        (0.3, 0.8, (1, True)),  # the most precise one that is fast enough
        (0.15, 0.5, (1, False)),  # the fastest within the error
        (0.3, 0.1, (2, False)),
        (0.3, 2.0, (0, True)),
    ],
)
def test_what_is_chosen_keeps_the_limits_or_is_the_fastest_within_the_error(max_error, max_seconds, chosen):
    assert choose_count(ERRORS, SECONDS, max_error, max_seconds) == chosen


@given(st.lists(st.tuples(st.floats(-1, 1), st.floats(0, 1)), min_size=1, max_size=40))
def test_points_go_from_float_to_all_of_int8_with_growing_error(pairs):
    found = costs([gain for gain, _ in pairs], [square for _, square in pairs])
    seconds = found.predict_seconds({count: 1.0 - 0.01 * count for count in found.choose_anchors()})
    points = make_points(found, seconds, [len(pairs) // 2])
    counts = [point.in_int8 for point in points]
    assert counts[0] == 0
    assert counts[-1] == len(pairs)
    assert len(pairs) // 2 in counts
    assert counts == sorted(set(counts))
    errors = [point.error for point in points]
    assert errors == sorted(errors)
    assert points[-1].int8_share == pytest.approx(1.0)


def curve(points, chosen=1, **limits):
    return LatencyCurve(tuple(points), chosen, 10.0, "time", **limits)


POINTS = [CurvePoint(0, 0.0, 0.0, 10.0), CurvePoint(3, 0.5, 0.1, 6.0), CurvePoint(9, 1.0, 0.4, 4.0)]


def test_a_curve_says_whether_it_is_met_by_what_was_measured():
    assert curve(POINTS, max_error=0.15, max_ms=6.5).is_met
    slower = add_measurement(POINTS, 3, ms=7.0, error=0.12)
    assert not curve(slower, max_error=0.15, max_ms=6.5).is_met
    assert not curve(slower, max_error=0.11).is_met
    assert curve(slower).is_met


def test_a_curve_says_why_it_is_not_met():
    assert "allow more (max_output_error)" in curve(POINTS, max_error=0.15, max_ms=5.0).summary
    assert "the fastest takes 4 ms" in curve(POINTS, max_error=0.15, max_ms=3.0).summary
    assert curve(POINTS, max_error=0.15).summary == (
        "chosen from 3 points by time: 6 ms, 1.67 times as fast as FP32 (10 ms)"
    )


def test_a_middle_half_across_one_is_too_noisy_to_decide():
    assert is_too_noisy(Ratio(1.01, 0.97, 1.05))
    assert not is_too_noisy(Ratio(1.2, 1.1, 1.3))
    assert not is_too_noisy(Ratio(0.8, 0.7, 0.9))
