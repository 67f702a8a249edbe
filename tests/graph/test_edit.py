import numpy as np
import pytest

import openvino as ov
from openpot.errors import ModelError, UnknownNameError
from openpot.graph import build, edit
from openpot.graph.revisions import revision
from openpot.graph.snapshot_model import snapshot_from_model, snapshots_of_all_graphs
from openpot.graph.tensor_id import InputId, TensorId
from toy_models import images, loop_model, run, tiny_cnn, worked_example

BATCH = images(1)[0][None]


def clamp(name, low=-1e9, high=1e9):
    return lambda output: build.clamp(output, low, high, name)


def test_a_node_is_put_before_the_chosen_readers_only():
    model = worked_example()
    edit.insert_on_inputs(model, TensorId("conv2_bias"), [InputId("conv3", 0)], clamp("new", 0, 0))
    snapshot = snapshot_from_model(model)
    assert snapshot["conv3"].inputs[0] == TensorId("new")
    assert snapshot["res"].inputs[0] == TensorId("conv2_bias")


def test_inserting_after_an_output_takes_all_its_readers():
    model = worked_example()
    with edit.ModelEditor(model) as editor:
        assert editor.readers(TensorId("conv2_bias")) == (InputId("conv3", 0), InputId("res", 0))
        editor.insert_after(TensorId("conv2_bias"), clamp("new"))
    assert snapshot_from_model(model).readers("new") == (InputId("conv3", 0), InputId("res", 0))


def test_outputs_of_the_model_keep_their_names_when_a_node_is_put_before_them():
    model = tiny_cnn()
    edit.insert_on_inputs(model, TensorId("fc_bias"), [InputId("result", 0)], clamp("new", 0, 0))
    assert model.outputs[0].get_names() == {"logits"}
    assert not run(model, BATCH)[0].any()


def test_outputs_of_the_model_keep_their_names_when_the_last_node_goes():
    model = tiny_cnn()
    with edit.ModelEditor(model) as editor:
        editor.bypass("fc_bias")
    assert model.outputs[0].get_names() == {"logits"}
    assert "fc_bias" not in snapshot_from_model(model)


def test_a_reader_that_reads_something_else_is_refused():
    with pytest.raises(ModelError, match=r"conv2\[0\] does not read conv1"):
        edit.insert_on_inputs(tiny_cnn(), TensorId("conv1"), [InputId("conv2", 0)], clamp("new"))


def test_a_name_that_is_taken_is_refused():
    with pytest.raises(ModelError, match="two nodes named 'conv2'"):
        edit.insert_on_inputs(tiny_cnn(), TensorId("conv1"), [InputId("conv1_bias", 0)], clamp("conv2"))


def test_nodes_inside_bodies_are_edited_by_their_full_names():
    model = loop_model()
    edit.insert_on_inputs(model, TensorId("loop|fc"), [InputId("loop|state", 0)], clamp("loop|new", 0, 0))
    inner = snapshots_of_all_graphs(model)["loop"]
    assert inner["loop|state"].inputs == (TensorId("loop|new"),)
    assert not run(model, np.ones((1, 4), np.float32))[0].any()


def test_a_constant_is_replaced_for_all_its_readers_and_keeps_its_type():
    model = tiny_cnn()
    with edit.ModelEditor(model) as editor:
        editor.replace_constant("fc_w", np.zeros((5, 8)))
        editor.replace_constant("fc_b", np.full((1, 5), 2.0))
    assert run(model, BATCH)[0].tolist() == [[2.0] * 5]
    assert snapshot_from_model(model)["fc_w"].output_type == "f32"


def test_only_constants_have_a_value_to_replace():
    with edit.ModelEditor(tiny_cnn()) as editor, pytest.raises(ModelError, match="'fc' is a MatMul, not a constant"):
        editor.replace_constant("fc", np.zeros(3))


def test_an_input_is_given_another_source():
    model = tiny_cnn()
    with edit.ModelEditor(model) as editor:
        editor.replace_input(InputId("fc_bias", 1), build.constant(np.zeros((1, 5), np.float32), "zero").output(0))
        assert "zero" in editor.nodes
    assert snapshot_from_model(model)["fc_bias"].inputs[1] == TensorId("zero")


def test_a_replaced_node_may_leave_its_name_to_its_successor():
    model = tiny_cnn()
    with edit.ModelEditor(model) as editor:
        editor.replace_node("relu1", build.clamp(editor.nodes.output(TensorId("conv1_bias")), 0, 6, "relu1"))
    assert snapshot_from_model(model)["relu1"].type == "Clamp"
    assert snapshot_from_model(model)["conv2"].inputs[0] == TensorId("relu1")


def test_nodes_that_left_the_model_do_not_count_as_readers():
    with edit.ModelEditor(tiny_cnn()) as editor:
        gone = editor.nodes.node("relu1")
        editor.bypass("relu1")
        assert editor.readers(TensorId("conv1_bias")) == (InputId("conv2", 0),)
        assert gone.get_friendly_name() == "relu1"


def test_renaming_is_seen_by_the_index():
    model = tiny_cnn()
    with edit.ModelEditor(model) as editor:
        editor.rename("conv1", "first")
        assert "conv1" not in editor.nodes
        with pytest.raises(ModelError, match="there is a node of that name"):
            editor.rename("first", "conv2")
    assert "first" in snapshot_from_model(model)
    with pytest.raises(UnknownNameError), edit.ModelEditor(model) as editor:
        editor.rename("conv1", "third")


def test_each_edit_changes_the_revision():
    model = tiny_cnn()
    before = revision(model)
    with edit.ModelEditor(model) as editor:
        assert editor.readers(TensorId("conv1"))
    assert revision(model) == before
    with edit.ModelEditor(model) as editor:
        editor.bypass("relu1")
        assert revision(model) > before
        within = revision(model)
    assert revision(model) > within  # shapes were inferred
    assert revision(model.clone()) == 0


def test_added_outputs_come_in_the_order_asked_for():
    model = tiny_cnn()
    with edit.ModelEditor(model) as editor:
        wanted = [editor.nodes.output(TensorId(name)) for name in ("relu2", "relu1")]
    assert [output.get_node().input_value(0) for output in edit.add_outputs(model, wanted)] == wanted


def test_metadata_come_back_from_disk(tmp_path):
    model = tiny_cnn()
    edit.set_metadata(model, {"config": '{"a": 1}'})
    edit.set_model_name(model, "renamed")
    ov.save_model(model, tmp_path / "m.xml", False)
    loaded = ov.Core().read_model(tmp_path / "m.xml")
    assert loaded.get_rt_info(["openpot", "config"]).value == '{"a": 1}'
    assert loaded.get_friendly_name() == "renamed"


def test_names_of_tensors_and_nodes_can_be_set():
    model = tiny_cnn()
    node = model.get_results()[0].input_value(0).get_node()
    edit.set_tensor_names(node.output(0), {"a", "b"})
    edit.set_node_name(node, "last")
    model.validate_nodes_and_infer_types()
    assert model.outputs[0].get_names() == {"a", "b"}
    assert "last" in snapshot_from_model(model)
