import pytest

from openpot.graph.snapshot_model import snapshot_from_model
from openpot.placement.place import PlacementRequest, plan_quantization
from snapshot_text import snapshot_from_text
from toy_models import tiny_cnn, worked_example


@pytest.mark.parametrize(("placement", "count"), [("openpot", 16), ("pot", 18)])
def test_the_placement_is_chosen_by_name(placement, count):
    found = plan_quantization(snapshot_from_model(worked_example()), PlacementRequest(placement=placement))
    assert found.placement == placement
    assert len(found.quantizers) == count


def test_gna_is_always_placed_as_pot_did():
    found = plan_quantization(snapshot_from_model(tiny_cnn()), PlacementRequest(target_device="GNA"))
    assert found.placement == "pot"
    assert found.warnings[0] == "GNA quantizes every operation: placement 'pot' is used for it"


@pytest.mark.parametrize("placement", ["openpot", "pot"])
def test_equal_requests_give_equal_plans(placement):
    request = PlacementRequest(placement=placement)
    assert plan_quantization(snapshot_from_model(worked_example()), request) == plan_quantization(
        snapshot_from_model(worked_example()), request
    )


@pytest.mark.parametrize("placement", ["openpot", "pot"])
def test_a_graph_without_anything_to_quantize_gives_an_empty_plan(placement):
    found = plan_quantization(
        snapshot_from_text("a = Parameter 1x8\nr = Result(a)"), PlacementRequest(placement=placement)
    )
    assert (found.quantizers, found.decisions) == ((), ())
