import pytest

from openpot.config.target_devices import find_target_device
from openpot.placement.ignored_blocks import mark_detection_tails, mark_operations
from snapshot_text import snapshot_from_text

TAIL = snapshot_from_text("""
data = Parameter 1x8x4x4
w = Constant 8x8x3x3
k = Constant 1x8x1x1
before = Relu(data)
conv = Convolution(before, w)
bias = Add(conv, k)
sigmoid = Sigmoid(bias)
boxes = Multiply(sigmoid, k)
end = NonMaxSuppression(boxes, sigmoid)
behind = Relu(end)
""")


def test_what_prepares_boxes_stays_float_up_to_the_weights():
    assert set(mark_detection_tails(TAIL)) == {"bias", "sigmoid", "boxes"}


def test_the_reason_names_the_end():
    assert mark_detection_tails(TAIL)["boxes"] == "it prepares the boxes or scores of 'end' (NonMaxSuppression)"


def test_blocks_tails_and_shapes_are_marked_with_their_reason():
    graph = snapshot_from_text("""
    data = Parameter 1x8x4x4
    k = Constant 1x8x1x1
    shape = ShapeOf(data) 4 i64
    equal = Equal(data, k)
    not = LogicalNot(equal)
    top = TopK(not, k) 1|1
    """)
    marked = mark_operations(graph, find_target_device("CPU"))
    assert marked["shape"] == "it computes with shapes"
    assert marked["not"] == "it is part of a block that stays float (equal_logicalnot)"
    assert "data" in marked  # everything above a TopK without weights in between


@pytest.mark.parametrize(("device", "is_marked"), [("CPU", True), ("GNA", False)])
def test_blocks_depend_on_the_device(device, is_marked):
    graph = snapshot_from_text("""
    data = Parameter 1x8
    k = Constant 1x8
    clamp = Clamp(data)
    times = Multiply(clamp, k)
    """)
    assert ("times" in mark_operations(graph, find_target_device(device))) is is_marked
