"""The squared errors of units alone: floor taken off, never negative, each measured once."""

import math

import pytest

from openpot.search.unit_errors import MAX_SAMPLES_ALONE, MIN_SAMPLES_ALONE, UnitErrors
from openpot.search.units import Unit


class Errors:
    """Stands in for a trial: squared errors of the quantizers that act add up, on top of a floor."""

    num_validation_samples = 12

    def __init__(self, own, floor=0.0):
        self.own, self.floor, self.asked = own, floor, []

    def measure_error(self, choice, shifts, samples):
        assert shifts == {"layer": 1}
        self.asked.append(samples)
        return math.hypot(self.floor, *(self.own[name] for name, number in choice.items() if number is not None))

    def try_shifts(self, choice):
        assert set(choice.values()) == {None}
        return {"layer": 1}, self.floor


def units_of(own):
    return [Unit((name,), (f"op {name}",), 1.0) for name in own]


def test_squares_are_above_the_floor_and_each_is_measured_once():
    own = {"a": 0.3, "b": 0.0, "c": 0.1}
    trial = Errors(own, floor=0.2)
    errors, choice = UnitErrors(trial), dict.fromkeys(own, 0)
    first = errors.measure(units_of(own), choice)
    assert first == pytest.approx([0.09, 0.0, 0.01], abs=1e-12)
    again = errors.measure(units_of(own), choice)
    assert list(again) == list(first)
    assert trial.asked == [MAX_SAMPLES_ALONE] * (len(own) + 1)


def test_many_units_get_few_samples():
    own = dict.fromkeys(map(str, range(60)), 0.1)
    trial = Errors(own)
    UnitErrors(trial).measure(units_of(own), dict.fromkeys(own, 0))
    assert set(trial.asked) == {MIN_SAMPLES_ALONE}
