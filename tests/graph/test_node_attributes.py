import numpy as np

import openvino as ov
from openpot.graph.edit import read_tag, tag_node
from openpot.graph.node_attributes import attributes_of_nodes, copy_as_saved, drop_unsaved_attributes
from openvino import opset13 as op
from toy_models import if_model, loop_model, run, tiny_cnn


def test_attributes_that_were_there_before_stay_and_notes_of_the_clean_up_go():
    model = tiny_cnn()
    for node in model.get_ops():
        tag_node(node, "user", "kept")
        tag_node(node, "note", "new")
        tag_node(node, "can_be_folded", "yes")
        tag_node(node, "decompression_0", "")
    drop_unsaved_attributes(model, ["user", "can_be_folded"])
    assert attributes_of_nodes(model) == {"user", "decompression_0"}


def test_nodes_of_bodies_are_reached():
    for model in (loop_model(), if_model()):
        inner = next(node for node in model.get_ops() if node.get_type_name() in ("Loop", "If"))
        body = inner.get_function() if inner.get_type_name() == "Loop" else inner.get_else_body()
        tag_node(body.get_ops()[0], "note", "new")
        assert "note" in attributes_of_nodes(model)
        drop_unsaved_attributes(model)
        assert attributes_of_nodes(model) == frozenset()


def test_a_copy_runs_as_from_a_file_and_the_model_is_left_alone():
    from openvino._offline_transformations import apply_moc_transformations

    model = lstm_of_computed_length()
    apply_moc_transformations(model, cf=False, smart_reshape=True)
    before = attributes_of_nodes(model)
    assert "DisableConstantFolding_0" in before
    assert kinds(model) == {"TensorIterator"}
    twin = copy_as_saved(model)
    assert kinds(twin) == {"RNNSeq"}
    assert attributes_of_nodes(model) == before
    data = np.ones((1, 6, 16), np.float32)
    np.testing.assert_allclose(run(twin, data)[0], run(model, data)[0], atol=1e-5)


def test_a_tag_reads_as_empty_once_it_is_gone():
    model = tiny_cnn()
    node = model.get_ops()[0]
    tag_node(node, "note", "x")
    drop_unsaved_attributes(model)
    assert read_tag(node, "note") == ""


def lstm_of_computed_length():
    """An LSTM whose sequence lengths are computed from the shape of its data, as front ends write it."""
    rng = np.random.default_rng(0)
    make = lambda *shape: op.constant(rng.standard_normal(shape).astype(np.float32) * 0.1)  # noqa: E731
    x = op.parameter([1, 6, 16], np.float32, name="x")
    size = op.shape_of(x, "i64")
    batch, steps = (op.gather(size, op.constant([axis]), op.constant(0)) for axis in (0, 1))
    zero = op.constant(np.zeros((1, 1, 16), np.float32))
    y = op.lstm_sequence(
        x, zero, zero, op.broadcast(steps, batch), make(1, 64, 16), make(1, 64, 16), make(1, 64), 16, "forward"
    )
    return ov.Model([op.result(y.output(0))], [x], "lstm")


def kinds(model):
    compiled = ov.Core().compile_model(model, "CPU")
    found = {node.get_rt_info()["layerType"].astype(str) for node in compiled.get_runtime_model().get_ops()}
    return found & {"RNNSeq", "TensorIterator"}
