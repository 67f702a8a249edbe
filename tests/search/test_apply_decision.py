"""What was decided is what the model is."""

import numpy as np
import pytest

from openpot.graph.model import CompressedModel
from openpot.search.apply_decision import apply_decision, select_reachable_shifts
from openpot.search.evidence import Evidence
from openpot.search.repair import Repair
from openpot.search.trial_subject import WIDEST
from openpot.search.units import Unit
from quantized_toys import quantized
from toy_models import images, tiny_cnn


@pytest.fixture(scope="module")
def toy():
    return quantized(tiny_cnn(), images(6))


def fake_quantizes(model):
    nodes = model.members[0].model.get_ops()
    return {node.get_friendly_name() for node in nodes if node.get_type_name() == "FakeQuantize"}


def test_quantizers_that_were_left_out_are_gone_and_the_plan_says_why(toy):
    model, names = CompressedModel(graph=toy.model), [one.name for one in toy.done.quantizers]
    unit = Unit(tuple(names), ("conv1", "conv2", "fc"), 1.0)
    evidence = Evidence("widest", {}, {}, 0.0, 2, repair=Repair(((unit, 1.0),), {}, {}, 0.0, 0.0))
    left = apply_decision(model, toy.done, dict.fromkeys(names), evidence)
    assert fake_quantizes(model) == set()
    assert left.quantizers == ()
    assert {one.reason for one in left.plan.decisions if one.operation == "conv1"} == {
        "stays in float: in INT8 it brought 100% of the error of the outputs"
    }


def test_a_share_too_small_to_show_is_not_called_nothing(toy):
    model, names = CompressedModel(graph=toy.model), [one.name for one in toy.done.quantizers]
    evidence = Evidence("widest", {}, {}, 0.0, 2, ends=((Unit(tuple(names), ("conv1",), 1.0), 0.001),))
    left = apply_decision(model, toy.done, dict.fromkeys(names), evidence)
    assert [one.reason for one in left.plan.decisions if one.operation == "conv1"] == [
        "stays in float: in INT8 it brought less than 1% of the error of the outputs"
    ]


def test_a_choice_of_everything_changes_no_quantizer(toy):
    model = CompressedModel(graph=toy.model)
    choice = dict.fromkeys(toy.activations, WIDEST)
    left = apply_decision(model, toy.done, choice, Evidence("widest", {}, {}, 0.0, 2))
    assert fake_quantizes(model) == {one.name for one in toy.done.quantizers}
    assert left.plan.decisions == toy.done.plan.decisions


def test_shifts_are_for_layers_that_quantization_reaches(toy):
    shifts = {name: np.ones(5) for name in ("conv1", "conv2", "fc")}
    names = [one.name for one in toy.done.quantizers]
    assert select_reachable_shifts(toy.subject, dict.fromkeys(names), shifts) == {}
    only_last = {name: None for name in names if not name.startswith("fc/")}
    assert set(select_reachable_shifts(toy.subject, only_last, shifts)) == {"fc"}
    assert set(select_reachable_shifts(toy.subject, {}, shifts)) == set(shifts)
