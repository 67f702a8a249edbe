from types import SimpleNamespace

import pytest

from openpot.errors import ModelError
from openpot.legacy import model_nodes
from toy_models import tiny_cnn, worked_example


def compressed(*models):
    """As much of a CompressedModel as finding nodes needs."""
    return SimpleNamespace(members=[SimpleNamespace(model=model) for model in models])


def test_nodes_of_all_members_are_found():
    model = compressed(tiny_cnn(), worked_example())
    assert [node.name for node in model_nodes.get_nodes_by_type(model, ["MatMul"])] == ["fc", "fc"]
    assert len(model_nodes.get_all_operation_nodes(model)) == sum(
        len(member.model.get_ops()) for member in model.members
    )


def test_node_of_one_member_is_found_by_name():
    model = compressed(tiny_cnn(), worked_example())
    assert model_nodes.get_node_by_name(model, "deconv").type == "ConvolutionBackpropData"
    assert model_nodes.get_node_by_name(model, "absent") is None


def test_name_of_several_members_is_refused():
    with pytest.raises(ModelError, match="2 members"):
        model_nodes.get_node_by_name(compressed(tiny_cnn(), worked_example()), "conv1")


def test_outputs_are_added_to_a_single_model():
    model = tiny_cnn()
    added = model_nodes.add_outputs([{"model": model}], {"tiny": {"a": "relu1", "b": ("conv2", 0)}})
    assert [output.get_node().input_value(0).get_node().get_friendly_name() for output in added["tiny"]] == [
        "relu1",
        "conv2",
    ]
    assert len(model.outputs) == 3


def test_members_of_a_cascade_take_the_outputs_with_their_prefix():
    first, second = tiny_cnn(), worked_example()
    models = [{"model": first, "name": "relu1"}, {"model": second, "name": "relu6"}]
    wanted = {"a": "relu1", "b": "relu6"}
    added = model_nodes.add_outputs(models, {"tiny": wanted, "worked_example": wanted})
    assert {name: len(outputs) for name, outputs in added.items()} == {"tiny": 1, "worked_example": 1}
