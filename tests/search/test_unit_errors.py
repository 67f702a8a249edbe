"""The squared errors of units: floor taken off, never negative, each measured once, groups halved where it matters."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpot.search.unit_errors import FEW, LOST, MAX_SAMPLES_ALONE, MIN_SAMPLES_ALONE, RESOLUTION, UnitErrors
from openpot.search.units import Unit


class Errors:
    """Stands in for a trial: squared errors of the quantizers that act add up, on top of a floor."""

    num_validation_samples = 12

    def __init__(self, own, floor=0.0):
        self.own, self.floor, self.asked = own, floor, []

    def is_float(self, choice):
        return False

    def measure_error(self, choice, shifts, samples):
        assert shifts == {"layer": 1}
        self.asked.append(samples)
        return math.hypot(self.floor, *(self.own[name] for name, number in choice.items() if number is not None))

    def measure_errors(self, models, samples):
        return (self.measure_error(*model, samples) for model in models)

    def try_shifts(self, choice):
        assert set(choice.values()) == {None}
        return {"layer": 1}, self.floor


def units_of(own, works=None):
    return [Unit((name,), (f"op {name}",), (works or {}).get(name, 1.0)) for name in own]


def test_squares_are_above_the_floor_and_each_is_measured_once():
    own = {"a": 0.3, "b": 0.0, "c": 0.1}
    trial = Errors(own, floor=0.2)
    errors, choice = UnitErrors(trial), dict.fromkeys(own, 0)
    first = errors.measure_each(units_of(own), choice)
    assert first == pytest.approx([0.09, 0.0, 0.01], abs=1e-12)
    again = errors.measure_each(units_of(own), choice)
    assert list(again) == list(first)
    assert trial.asked == [MAX_SAMPLES_ALONE] * (len(own) + 1)


def test_many_units_get_few_samples():
    own = dict.fromkeys(map(str, range(60)), 0.1)
    trial = Errors(own)
    UnitErrors(trial).measure_each(units_of(own), dict.fromkeys(own, 0))
    assert set(trial.asked) == {MIN_SAMPLES_ALONE}


def test_few_units_are_measured_each():
    own = {str(number): 0.1 * number for number in range(FEW)}
    squares = UnitErrors(trial := Errors(own)).share_out(units_of(own), dict.fromkeys(own, 0), max_error=0.1)
    assert squares == pytest.approx([value**2 for value in own.values()])
    assert len(trial.asked) == FEW + 1


def test_one_bad_unit_among_many_is_found_with_few_measurements():
    own = {**dict.fromkeys(map(str, range(64)), 0.001), "40": 0.5}
    squares = UnitErrors(trial := Errors(own)).share_out(units_of(own), dict.fromkeys(own, 0), max_error=0.1)
    assert squares.argmax() == 40
    assert squares[40] == pytest.approx(0.25)
    assert len(trial.asked) <= 2 + 2 * 6  # floor, all of them, and two halves for each bit of the number


def test_what_a_group_brings_is_shared_by_work():
    works = {"0": 3.0}
    own = {**dict.fromkeys(map(str, range(32)), 0.01), "31": 0.5}
    squares = UnitErrors(Errors(own)).share_out(units_of(own, works), dict.fromkeys(own, 0), max_error=0.1)
    assert squares[0] == pytest.approx(3 * squares[1])


def test_an_output_that_is_no_number_is_traced_to_its_unit():
    own = {**dict.fromkeys(map(str, range(32)), 0.01), "7": math.inf}
    squares = UnitErrors(Errors(own)).share_out(units_of(own), dict.fromkeys(own, 0), max_error=0.1)
    assert [number for number, square in enumerate(squares) if math.isinf(square)] == [7]


@given(st.lists(st.floats(0.0, 0.3), min_size=FEW + 1, max_size=70), st.floats(0.01, 1.0))
def test_shares_add_up_and_no_large_one_is_missed(errors, max_error):
    own = dict(zip(map(str, range(len(errors))), errors, strict=True))
    squares = UnitErrors(trial := Errors(own)).share_out(units_of(own), dict.fromkeys(own, 0), max_error)
    true = [error**2 for error in errors]
    total, allowed = sum(true), max_error**2
    assert sum(squares) == pytest.approx(total, abs=1e-9)
    assert len(trial.asked) <= len(own) + 3
    if LOST <= total < math.inf:
        assert squares == pytest.approx(true)
    elif len(trial.asked) < len(own):  # else it ended for the number of measurements
        finest = max(RESOLUTION * min(allowed, max(total - allowed, 0.0)), 2 * total / len(own)) + 1e-9
        for share, square in zip(squares, true, strict=True):
            assert square <= finest or share == pytest.approx(square)
