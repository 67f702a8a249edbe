"""Going back to float in growing steps, on made-up models whose losses are known."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openpot.search.accuracy_records import SearchStatus
from openpot.search.accuracy_target import make_accuracy_target
from openpot.search.revert_units import UnitReverting
from openpot.search.units import Unit


class MadeUp:
    """A model whose units lose ``losses`` each, and possibly more or less together."""

    def __init__(self, losses, allowed, together=lambda in_float: 0.0, **settings):
        self.units = [Unit((f"q{number}",), (f"o{number}",), 1.0) for number in range(len(losses))]
        self.losses, self.together = losses, together
        self.target = make_accuracy_target({"accuracy": 1.0}, {"accuracy": True}, allowed, "absolute")
        self.evaluated, self.rankings = [], 0
        self.search = UnitReverting(self.target, self.evaluate, self.rank, **settings)

    def value(self, in_float):
        numbers = {int(unit.operations[0][1:]) for unit in in_float}
        lost = math.fsum(loss for number, loss in enumerate(self.losses) if number not in numbers)
        return {"accuracy": 1.0 - lost - self.together(numbers)}

    def evaluate(self, in_float):
        self.evaluated.append(tuple(in_float))
        return self.value(in_float)

    def rank(self, limit, for_work):
        self.rankings += 1
        others = [([one for one in self.units if one is not unit], unit) for unit in self.units]
        return [unit for _, unit in sorted(others, key=lambda pair: -limit.compute_drop(self.value(pair[0])))]

    def run(self):
        return self.search.run(self.value(()))

    @property
    def smallest(self):
        return min(len(units) for units in self.evaluated if self.target.is_met(self.value(units)))


@given(losses=st.lists(st.floats(0.001, 1.0), min_size=1, max_size=40), share=st.floats(0, 0.99))
@settings(deadline=None)
def test_independent_losses_take_the_fewest_units_and_few_evaluations(losses, share):
    made = MadeUp(losses, share * math.fsum(losses))
    assert made.run() is SearchStatus.REACHED
    left, needed = math.fsum(losses), 0
    for loss in sorted(losses, reverse=True):
        if left <= share * math.fsum(losses) + 1e-9:
            break
        left, needed = left - loss, needed + 1
    assert made.smallest <= max(needed, 1)
    assert len(made.evaluated) <= 6 * math.log2(len(losses) + 1) + 4


def test_units_that_were_taken_first_and_are_not_needed_become_int8_again():
    made = MadeUp([0.4, 0.3, 0.2, 0.1], 0.75, together=lambda back: 0.6 if back and 1 not in back else 0.0)
    assert made.run() is SearchStatus.REACHED
    assert made.smallest == 1


def test_a_trap_that_only_everything_in_float_leads_out_of():
    made = MadeUp([0.1] * 6, 0.05, together=lambda back: 0.2 if 0 < len(back) < 6 else 0.0)
    assert made.run() is SearchStatus.REACHED
    assert made.smallest == 6


def test_a_target_that_cannot_be_reached_ends():
    made = MadeUp([0.1] * 5, 0.05, together=lambda back: 0.3)
    assert made.run() is SearchStatus.NOT_REACHED
    assert max(len(units) for units in made.evaluated) == 5


@pytest.mark.parametrize("count", [0, 1, 3])
def test_no_more_models_than_allowed_are_evaluated(count):
    made = MadeUp([0.1] * 30, 0.05, max_iter_num=count)  # reached by all 30, the sixth model
    assert made.run() is SearchStatus.ITERATION_LIMIT
    assert len(made.evaluated) == count


def test_nothing_is_evaluated_twice():
    made = MadeUp([0.4, 0.3, 0.2, 0.1], 0.05, together=lambda back: 0.5 if len(back) in (2, 3) else 0.0)
    made.run()
    sets = [frozenset(units) for units in made.evaluated]
    assert len(set(sets)) == len(sets)


def test_a_limit_that_is_used_up_while_the_best_is_being_made_smaller_is_no_failure():
    made = MadeUp([0.1] * 16, 0.95, max_iter_num=4)
    assert made.run() is SearchStatus.REACHED
