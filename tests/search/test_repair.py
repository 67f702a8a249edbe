"""Back to float as little as will do: the choice of units, on errors whose squares add up and on others."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpot.search.repair import MAX_RESTORED, ROUNDS, repair
from openpot.search.unit_errors import UnitErrors
from openpot.search.units import Unit


class Errors:
    """Stands in for a trial: each quantizer that acts adds its squared error, or what ``joint`` makes of them."""

    num_validation_samples = 12

    def __init__(self, own, floor=0.0, joint=None):
        self.own, self.floor, self.joint, self.asked = own, floor, joint, 0

    def is_float(self, choice):
        return False

    def measure_error(self, choice, shifts, judges=None):
        self.asked += 1
        acting = [self.own[name] for name, number in choice.items() if number is not None]
        total = sum(value**2 for value in acting) if self.joint is None else self.joint(acting)
        return math.sqrt(self.floor**2 + total)

    def measure_errors(self, models, judges=None):
        return (self.measure_error(*model) for model in models)

    def try_shifts(self, choice):
        return {"layer": len([name for name in choice if choice[name] is not None])}, self.measure_error(choice, {})


def mended(own, budget, works=None, **options):
    trial = Errors(own, **options)
    units = [Unit((name,), (f"op {name}",), (works or {}).get(name, 1.0)) for name in own]
    choice = dict.fromkeys(own, 0)
    return repair(UnitErrors(trial), units, choice, {}, trial.measure_error(choice, {}), budget), trial


def taken(found):
    return [unit.operations[0].removeprefix("op ") for unit, _ in found.units]


def test_the_unit_that_brings_the_error_goes_and_nothing_else():
    found, _ = mended({"a": 0.01, "b": 0.5, "c": 0.02}, budget=0.1)
    assert taken(found) == ["b"]
    assert found.choice == {"a": 0, "b": None, "c": 0}
    assert found.error == pytest.approx(math.hypot(0.01, 0.02))
    assert found.units[0][1] == pytest.approx(0.25 / 0.2505)


def test_work_counts_against_error():
    # Both alone are enough: the expensive one brings a little more, at a hundred times the work.
    found, _ = mended({"heavy": 0.11, "light": 0.1}, budget=0.12, works={"heavy": 100.0, "light": 1.0})
    assert taken(found) == ["light"]


def test_light_units_that_a_heavy_one_makes_needless_stay_quantized():
    # By error per work the light ones go first; only the heavy one meets the budget, and then they need not have gone.
    works = {"heavy": 100.0, "light": 1.0, "lighter": 0.5}
    found, _ = mended({"heavy": 0.5, "light": 0.06, "lighter": 0.05}, budget=0.1, works=works)
    assert taken(found) == ["heavy"]


def test_few_units_are_tried_again():
    own = {str(number): 0.01 for number in range(60)} | {"heavy": 0.5}
    found, trial = mended(own, budget=0.09, works={"heavy": 1000.0})
    assert len(found.units) < len(own) - 1
    assert trial.asked <= len(own) + ROUNDS + MAX_RESTORED + 8
    assert found.error <= 0.09


def test_what_the_model_has_with_all_units_in_float_is_not_held_against_them():
    found, _ = mended({"a": 0.05, "b": 0.3}, budget=0.25, floor=0.2)
    assert (taken(found), found.floor) == (["b"], 0.2)


def test_a_budget_that_all_units_in_float_do_not_meet_ends_with_everything_in_float():
    own = {str(number): 0.1 for number in range(3 * ROUNDS)}
    found, _ = mended(own, budget=0.01, floor=0.05)
    assert set(found.choice.values()) == {None}
    assert len(found.units) == len(own)
    assert found.error == found.floor == 0.05


def test_errors_that_only_show_together_are_found_in_few_rounds():
    """Nothing brings an error alone, all but one together do: still it ends within the budget."""
    own = dict.fromkeys(map(str, range(40)), 0.0)
    found, trial = mended(own, budget=0.1, joint=lambda acting: 1.0 if len(acting) > 1 else 0.0)
    assert found.error <= 0.1
    assert trial.asked <= len(own) + ROUNDS + MAX_RESTORED + 8


def test_a_unit_that_makes_the_outputs_infinite_goes_first_and_has_all_the_blame():
    found, _ = mended({"a": 0.3, "log": math.inf, "b": 0.01, "sqrt": math.inf}, budget=0.1)
    assert taken(found) == ["log", "sqrt", "a"]
    assert [share for _, share in found.units] == [0.5, 0.5, 0.0]
    assert found.error == pytest.approx(0.01)


def test_infinite_errors_that_only_show_together_end_too():
    found, _ = mended({"a": 0.1, "b": 0.2}, budget=0.15, joint=lambda acting: math.inf if len(acting) == 2 else 0.0)
    assert found.error <= 0.15


def test_the_shifts_are_those_that_fit_what_is_left():
    found, _ = mended({"a": 0.01, "b": 0.5, "c": 0.02}, budget=0.1)
    assert found.shifts == {"layer": 2}


def test_without_units_nothing_changes():
    found = repair(UnitErrors(Errors({}, floor=0.4)), [], {}, {"fc": [1]}, 0.4, 0.1)
    assert (found.units, found.choice, found.error, found.shifts) == ((), {}, 0.4, {"fc": [1]})


@given(
    st.dictionaries(st.text("abcdefgh", min_size=1, max_size=3), st.floats(0, 1), min_size=1, max_size=20),
    st.floats(0.001, 1),
    st.floats(0, 0.5),
)
def test_the_budget_is_kept_where_it_can_be(own, budget, floor):
    found, _ = mended(own, budget=budget, floor=floor)
    assert found.error <= max(budget, floor) + 1e-9
    assert [name for name in own if found.choice[name] is None] == sorted(taken(found), key=list(own).index)


@given(st.lists(st.floats(0.001, 1), min_size=2, max_size=12, unique=True), st.floats(0.01, 1))
def test_no_unit_goes_without_need(errors, budget):
    """Where squares add up and all work is the same, the fewest units that do are taken out."""
    own = {str(number): error for number, error in enumerate(errors)}
    if math.hypot(*errors) <= budget:
        return
    found, _ = mended(own, budget=budget)
    kept = [own[name] for name, number in found.choice.items() if number is not None]
    last = min(own[name] for name in taken(found))
    assert math.hypot(*kept) <= budget + 1e-9
    assert math.hypot(*kept, last) > budget - 1e-9
