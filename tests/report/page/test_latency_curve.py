"""Quality against latency on the page."""

from openpot.report.page.latency_curve import NEIGHBOURS, build_latency_curve
from openpot.report.page.markup import write_fragment
from openpot.search.latency_curve import CurvePoint, LatencyCurve

POINTS = tuple(CurvePoint(number, number / 10, 0.01 * number, 10.0 - 0.5 * number) for number in range(11))


def curve_of(points=POINTS, chosen=5):
    return LatencyCurve(points, chosen, 10.0, "time", max_error=0.06)


def test_every_point_is_drawn_and_the_neighbours_of_the_chosen_one_are_listed():
    text = write_fragment(build_latency_curve(curve_of()))
    assert text.count("<circle") == len(POINTS)
    assert text.count("<tr>") == 1 + 2 * NEIGHBOURS + 1
    assert "<strong>7.5 ms</strong>" in text
    for words in ("1.33", "50.0%", "0.0500", "the result, predicted", "limit 0.06", "Chosen from 11 points by time"):
        assert words in text


def test_what_was_measured_is_shown_as_measured():
    measured = CurvePoint(5, 0.5, 0.05, 7.5, measured_ms=8.0, measured_error=0.04)
    text = write_fragment(build_latency_curve(curve_of((*POINTS[:5], measured, *POINTS[6:]))))
    assert "<strong>8 ms</strong>" in text
    assert "0.0400" in text
    assert "the result, timed" in text


def test_there_is_none_where_times_were_not_asked():
    assert build_latency_curve(None) is None
