from types import SimpleNamespace

import numpy as np
import pytest

import openvino as ov
from openpot.graph.edit import ModelEditor
from openpot.graph.snapshot_model import shape_of, snapshot_all_graphs, snapshot_from_model
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
    snapshots = snapshot_all_graphs(loop_model())
    assert list(snapshots) == ["", "loop"]
    assert snapshots["loop"]["loop|fc"].inputs == (TensorId("loop|p"), TensorId("loop|fc_w"))
    assert "loop|fc" not in snapshots[""]
    assert "choice|then|inner" in snapshot_all_graphs(if_model())["choice|then"]


SIZES = {
    "a scalar": [],
    "a size of zero": [0, 3],
    "sizes with bounds": [-1, ov.Dimension(2, 5), ov.Dimension(2, -1), ov.Dimension(0, 7), 1280],
    "a single dynamic size": [-1],
    "large sizes": [1_000_000, 2],
}


@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES)
def test_shapes_are_what_openvino_says_size_by_size(sizes):
    output = op.parameter(ov.PartialShape(sizes), np.float32, name="data").output(0)
    expected = tuple(None if size.is_dynamic else size.get_length() for size in output.get_partial_shape())
    assert shape_of(output) == expected


class OddlyPrinted:
    """A shape whose text says more than its sizes."""

    rank = ov.Dimension(2)

    def to_string(self):
        return "[<batch>?,3]"

    def __iter__(self):
        return iter([ov.Dimension(-1), ov.Dimension(3)])


def test_a_shape_that_prints_in_an_unknown_way_is_asked_size_by_size():
    assert shape_of(SimpleNamespace(get_partial_shape=OddlyPrinted)) == (None, 3)


def test_a_snapshot_stays_as_it_was_when_the_model_changes():
    model = tiny_cnn()
    snapshot = snapshot_from_model(model)
    before = {node.name: (node.inputs, node.output_shapes, dict(node.attributes)) for node in snapshot.nodes.values()}
    with ModelEditor(model) as editor:
        editor.bypass("relu1")
        editor.nodes.node("conv2").set_attribute("strides", [2, 2])
    assert {one.name: (one.inputs, one.output_shapes, one.attributes) for one in snapshot.nodes.values()} == before
    assert snapshot_from_model(model)["conv2"].attributes["strides"] == [2, 2]
