"""The choice of ranges and shifts by the errors that a trial tells."""

import numpy as np
import pytest

from openpot.numerics.fake_quantize import FakeQuantizeLimits
from openpot.search.evidence import Evidence, choose_ranges_and_shifts, find_largest_ratio


class Told:
    """Stands in for a trial: errors by candidate of ``fq`` and by whether layers are shifted."""

    num_validation_samples, inferences = 7, 30

    def __init__(self, errors, shifts):
        self.errors, self.shifts = errors, shifts

    def measure_error(self, choice, shifts):
        return self.errors[choice["fq"], bool(shifts)]

    def measure_errors(self, models):
        return (self.measure_error(*model) for model in models)

    def fit_shifts(self, choice):
        return self.shifts


WIDEST, AVERAGE = {"fq": 0}, {"fq": 1}
SHIFTS = {"fc": np.ones(3)}


@pytest.mark.parametrize(
    ("errors", "rule", "error", "is_shifted"),
    [
        ({(0, False): 0.2, (1, False): 0.3, (0, True): 0.1, (1, True): 0.25}, "widest", 0.1, True),
        ({(0, False): 0.2, (1, False): 0.1, (0, True): 0.3, (1, True): 0.15}, "average", 0.1, False),
        ({(0, False): 0.2, (1, False): 0.2, (0, True): 0.2, (1, True): 0.2}, "widest", 0.2, False),
        ({(0, False): 0.2, (1, False): 0.15, (0, True): 0.05, (1, True): 0.3}, "widest", 0.05, True),
        ({(0, False): 0.9, (1, False): 0.1, (1, True): 0.05}, "average", 0.05, True),
        ({(0, False): 0.2, (1, False): 0.165, (0, True): 0.3, (1, True): 0.3}, "widest", 0.2, False),
        ({(0, False): 0.2, (1, False): 0.155, (0, True): 0.3, (1, True): 0.3}, "average", 0.155, False),
        ({(0, False): 0.14, (1, False): 0.1, (0, True): 0.11, (1, True): 0.3}, "widest", 0.11, True),
        ({(0, False): float("inf"), (1, False): 5.0, (1, True): 4.0}, "average", 4.0, True),
    ],
    ids=[
        "shifts help",
        "shifts do harm",
        "equal",
        "shifts reverse the order",
        "far apart",
        "a near tie",
        "beyond a tie",
        "a near tie with shifts",
        "one is infinite",
    ],
)
def test_the_smallest_error_decides(errors, rule, error, is_shifted):
    choice, evidence = choose_ranges_and_shifts(Told(errors, SHIFTS), WIDEST, AVERAGE)
    assert choice == (AVERAGE if rule == "average" else WIDEST)
    assert (evidence.ranges, evidence.error, bool(evidence.shifts)) == (rule, error, is_shifted)
    assert list(evidence.errors)[:2] == ["widest", "average"]
    assert f"{rule}, shifted" in evidence.errors


@pytest.mark.parametrize(("good", "is_asked"), [(0.1, False), (0.09, True)])
def test_ranges_that_are_good_as_they_are_are_not_asked_about_shifts(good, is_asked):
    errors = {(0, False): 0.2, (1, False): 0.1, (1, True): 0.05}
    choice, evidence = choose_ranges_and_shifts(Told(errors, SHIFTS), WIDEST, AVERAGE, good)
    assert (choice, bool(evidence.shifts)) == (AVERAGE, is_asked)
    assert evidence.error == (0.05 if is_asked else 0.1)


def test_without_alternative_and_without_layers_there_is_nothing_to_choose():
    _, evidence = choose_ranges_and_shifts(Told({(0, False): 0.2}, {}), WIDEST, None)
    assert (evidence.ranges, evidence.errors, evidence.shifts) == ("widest", {"widest": 0.2}, {})


def test_the_reason_is_a_sentence_with_the_errors():
    evidence = Evidence("average", {}, {"widest": 0.25, "average": 0.125}, 0.125, 7)
    assert evidence.reason == "smallest output error on 7 calibration samples (widest 0.2500, average 0.1250)"


def limits(low, high):
    return FakeQuantizeLimits.from_range(np.float32(low), np.float32(high), 256)


def test_the_ratio_is_that_of_the_steps_whichever_is_larger():
    one = {"a": limits(-1, 1), "b": limits(0, 1), "mine": limits(0, 100)}
    other = {"a": limits(-1.5, 1.5), "b": limits(0, 0.5), "yours": limits(0, 1)}
    assert find_largest_ratio(one, other) == find_largest_ratio(other, one) == pytest.approx(2)
    assert find_largest_ratio(one, one) == find_largest_ratio(one, {}) == 1


def test_one_channel_that_differs_is_enough_in_either_direction():
    for last in (0.25, 4.0):
        one, other = limits([0, 0], [1, 1]), limits([0, 0], [1, last])
        assert find_largest_ratio({"a": one}, {"a": other}) == pytest.approx(4)
