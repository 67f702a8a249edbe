"""Small ends of the network in float where the outputs ask for it."""

import math

import pytest

from openpot.search.network_ends import MAX_UNITS, find_small_ends, revert_ends
from openpot.search.units import Unit

SHIFTS = {"fc": (1.0,)}


def units(*works):
    return [Unit((f"q{number}",), (f"op{number}",), float(work)) for number, work in enumerate(works)]


class Errors:
    """Stands in for a trial: quantizers that act add their squared errors."""

    def __init__(self, own):
        self.own = own

    def measure_error(self, choice, shifts):
        assert shifts == SHIFTS
        return math.sqrt(sum(self.own[name] ** 2 for name, number in choice.items() if number is not None))


def tried(own, *ends):
    choice, trial = dict.fromkeys(own, 0), Errors(own)
    return revert_ends(trial, choice, SHIFTS, trial.measure_error(choice, SHIFTS), ends)


def names(ends):
    return [[unit.quantizers[0] for unit in end] for end in ends]


def test_ends_are_as_long_as_they_do_little_of_the_work():
    assert names(find_small_ends(units(1, 1, 1000, 10, 10, 10))) == [["q5", "q4", "q3"], ["q0", "q1"]]
    assert names(find_small_ends(units(11, 1000, 40))) == []
    assert names(find_small_ends(units(5, 1000, 25))) == [["q2"], ["q0"]]


def test_ends_have_at_most_a_few_units_and_none_twice():
    assert [len(end) for end in find_small_ends(units(*[1] * 20, 10_000, *[1] * 20))] == [MAX_UNITS, MAX_UNITS]
    assert find_small_ends(units(1)) == find_small_ends([]) == ()


def test_an_end_that_brings_much_of_the_error_goes_and_the_other_stays():
    first, middle, last = units(1, 1000, 1)
    choice, error, left = tried({"q0": 0.1, "q1": 0.3, "q2": 0.4}, (last,), (first,))
    assert choice == {"q0": 0, "q1": 0, "q2": None}
    assert error == pytest.approx(math.hypot(0.1, 0.3))
    assert left == ((last, pytest.approx(0.16 / 0.26)),)
    assert middle not in [unit for unit, _ in left]


def test_the_second_end_is_judged_by_what_the_first_left():
    first, _, last = units(1, 1000, 1)
    choice, error, left = tried({"q0": 0.3, "q1": 0.1, "q2": 1.0}, (last,), (first,))
    assert (choice["q0"], choice["q2"], error) == (None, None, pytest.approx(0.1))
    assert [unit for unit, _ in left] == [last, first]


@pytest.mark.parametrize("own", [0.0, math.inf], ids=["no error", "infinite error"])
def test_where_nothing_changes_everything_stays(own):
    _, _, last = units(1, 1000, 1)
    trial_errors = {"q0": own, "q1": own, "q2": own}
    assert tried(trial_errors, (last,)) == (dict.fromkeys(trial_errors, 0), own, ())


def test_an_end_that_alone_makes_the_error_infinite_has_all_the_blame():
    _, _, last = units(1, 1000, 1)
    choice, error, left = tried({"q0": 0.1, "q1": 0.0, "q2": math.inf}, (last,))
    assert (choice["q2"], error, left) == (None, pytest.approx(0.1), ((last, 1.0),))
