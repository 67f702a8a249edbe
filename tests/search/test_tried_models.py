"""The models that a trial considered."""

import math

import pytest

from openpot.search.evidence import Evidence
from openpot.search.repair import Repair
from openpot.search.tried_models import list_tried_models
from openpot.search.units import Unit

WORK = {"a": 10.0, "b": 5.0, "c": 1.0, "end": 2.0, "other": 9.0}


def unit(name, work):
    return Unit((f"q_{name}",), (name,), work)


def test_without_repair_they_are_what_was_measured():
    evidence = Evidence("average", {}, {"widest": 0.2, "average": 0.1, "broken": math.inf}, 0.1, 6)
    tried = list_tried_models(evidence, WORK)
    assert [(model.description, model.error) for model in tried] == [
        ("widest", 0.2),
        ("average", 0.1),
        ("the result", 0.1),
    ]
    assert [model.is_chosen for model in tried] == [False, False, True]
    assert all(model.float_work == 0 for model in tried)


def test_a_repair_goes_down_step_by_step_to_the_result():
    reverted = ((unit("a", 10.0), 0.6), (unit("b", 5.0), 0.2), (unit("c", 1.0), 0.1))
    evidence = Evidence(
        "widest",
        {},
        {"widest": 0.5, "ends in float": 0.4},
        0.14,
        6,
        ends=((unit("end", 2.0), 0.3),),
        repair=Repair(reverted, {}, {}, 0.14, 0.0),
        budget=0.15,
    )
    tried = list_tried_models(evidence, WORK)
    assert [model.float_work for model in tried] == [0, 2, 12, 17, 18]
    assert [model.is_measured for model in tried] == [True, True, False, False, True]
    assert tried[2].error ** 2 == pytest.approx(0.14**2 + (0.4**2 - 0.14**2) * (1 - 0.6 / 0.9))
    errors = [model.error for model in tried]
    assert errors == sorted(errors, reverse=True)
