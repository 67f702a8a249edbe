import pytest

from openpot.config.ignored_scope import IgnoredScope
from openpot.graph.snapshot_model import snapshot_from_model
from openpot.placement.place import PlacementRequest, plan_quantization
from toy_models import tiny_cnn


def warnings_for(*names, placement="openpot"):
    request = PlacementRequest(target_device="CPU", placement=placement, ignored=IgnoredScope(scope=names))
    return plan_quantization(snapshot_from_model(tiny_cnn()), request).warnings


@pytest.mark.parametrize(
    ("name", "kind", "near"),
    [("conv1_bias", "Add", "conv1"), ("relu2", "Relu", "conv2"), ("fc_bias", "Add", "fc"), ("fc_w", "Constant", "fc")],
)
def test_a_name_that_changes_nothing_is_told_with_those_near_it(name, kind, near):
    (told,) = warnings_for(name)
    assert told.startswith(f"ignored scope: {name!r} ({kind}) changes nothing")
    assert repr(near) in told


def test_a_layer_that_is_left_out_is_no_reason_for_a_warning():
    assert warnings_for("conv1") == ()


def test_only_the_names_without_effect_are_told():
    (told,) = warnings_for("conv1", "conv2_bias")
    assert "'conv2_bias'" in told


def test_several_are_told_one_by_one():
    assert len(warnings_for("conv1_bias", "relu1")) == 2


def test_where_it_has_an_effect_nothing_is_said():
    assert warnings_for("pool", placement="pot") == ()


def test_names_of_nothing_are_told_as_before():
    (told,) = warnings_for("conv9")
    assert "there is no operation named 'conv9'" in told
