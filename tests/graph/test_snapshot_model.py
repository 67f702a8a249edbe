import numpy as np

import openvino as ov
from openpot.graph.snapshot_model import snapshot_from_model, snapshots_of_all_graphs
from openpot.graph.tensor_id import TensorId
from openvino import opset13 as op
from toy_models import if_model, loop_model, tiny_cnn


def test_nodes_come_in_topological_order_with_sources_shapes_and_attributes():
    snapshot = snapshot_from_model(tiny_cnn())
    names = list(snapshot.nodes)
    conv = snapshot["conv2"]
    assert names.index("relu1") < names.index("conv2")
    assert conv.inputs == (TensorId("relu1"), TensorId("conv2_w"))
    assert conv.output_shape == (1, 8, 16, 16)
    assert conv.output_type == "f32"
    assert conv.attributes["pads_begin"] == [1, 1]


def test_dynamic_sizes_and_ranks_are_none():
    data = op.parameter(ov.PartialShape([-1, 3]), np.float32, name="data")
    any_rank = op.parameter(ov.PartialShape.dynamic(), np.float32, name="any_rank")
    model = ov.Model([op.result(op.relu(data, name="relu")), op.result(any_rank)], [data, any_rank], "dynamic")
    snapshot = snapshot_from_model(model)
    assert snapshot["relu"].output_shape == (None, 3)
    assert snapshot["any_rank"].output_shape is None


def test_outputs_of_a_split_are_told_apart():
    data = op.parameter([2, 4], np.float32, name="data")
    split = op.split(data, op.constant(np.array(0), name="axis"), 2, name="split")
    model = ov.Model([op.result(op.subtract(split.output(1), split.output(0), name="sub"))], [data], "split")
    snapshot = snapshot_from_model(model)
    assert snapshot["sub"].inputs == (TensorId("split", 1), TensorId("split", 0))
    assert snapshot["split"].output_shapes == ((1, 4), (1, 4))


def test_bodies_have_snapshots_of_their_own_with_full_names():
    snapshots = snapshots_of_all_graphs(loop_model())
    assert list(snapshots) == ["", "loop"]
    assert snapshots["loop"]["loop|fc"].inputs == (TensorId("loop|p"), TensorId("loop|fc_w"))
    assert "loop|fc" not in snapshots[""]
    assert "choice|then|inner" in snapshots_of_all_graphs(if_model())["choice|then"]
