"""Which samples judge a result, and what is known where something cannot be seen."""

import warnings

import pytest

from openpot.api.result_evidence import EVIDENCE_SAMPLES, choose_evidence_samples, compare_with_source, list_layers
from openpot.errors import OpenPotWarning, StageFailedWarning
from openpot.measure.executed_graph import ExecutedGraph
from openpot.measure.side_by_side import SideBySide
from openpot.placement.plan import OperationDecision, QuantizationPlan
from openpot.search.evidence import Evidence
from toy_engines import ListLoader
from toy_models import images, tiny_cnn


def test_samples_that_the_result_does_not_rest_on_come_first():
    assert choose_evidence_samples(5, {0, 3}) == [1, 2, 4, 0, 3]
    assert len(choose_evidence_samples(1000, range(900))) == EVIDENCE_SAMPLES
    assert choose_evidence_samples(1000, range(900))[0] == 900


def test_nothing_is_compared_where_no_sample_can_be_loaded():
    with pytest.warns(StageFailedWarning, match="Nothing is compared"):
        seen = compare_with_source(tiny_cnn(), tiny_cnn(), ListLoader([(None, None)] * 3), [0], "CPU")
    assert (seen.executed, seen.output_distances, seen.speed) == (None, (), None)


def test_a_model_beside_itself():
    loader = ListLoader([(sample, None) for sample in images(4)])
    seen = compare_with_source(tiny_cnn(), tiny_cnn(), loader, [0], "CPU")
    (distance,) = seen.output_distances
    assert (distance.relative, distance.samples, seen.held_out) == (0, 4, 3)


@pytest.mark.parametrize(("error", "budget", "warns"), [(0.1, 0.15, True), (0.2, 0.15, False), (0.1, None, False)])
def test_an_error_above_the_budget_that_the_search_did_not_see_is_a_warning(error, budget, warns):
    loader = ListLoader([(sample, None) for sample in images(4)])
    evidence = Evidence("widest", {}, {}, error, 2, budget=budget)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        compare_with_source(tiny_cnn(), tiny_cnn(seed=1), loader, [0], "CPU", evidence)
        compare_with_source(tiny_cnn(), tiny_cnn(), loader, [0], "CPU", evidence)
    texts = [str(one.message) for one in caught if issubclass(one.category, OpenPotWarning)]
    assert [("on 4 samples" in text, "on the 2 that decided" in text) for text in texts] == [(True, True)] * warns


def test_layers_are_those_of_the_plan_where_the_device_is_not_here():
    decision = OperationDecision("conv", "Convolution", True, "quantized", ("fq",))
    plan = QuantizationPlan("CPU", "openpot", decisions=(decision,))
    assert [layer.operation for layer in list_layers(plan, SideBySide(None, (), None))] == ["conv"]
    assert list_layers(plan, SideBySide(ExecutedGraph({}), (), None))[0].precision is None
