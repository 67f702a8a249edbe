import pytest

from openpot.config.hardware import load_hardware_table
from openpot.graph.tensor_id import InputId
from openpot.placement.plan import QuantizerKind
from openpot.placement.quantizer_graph import QuantizerGraph
from openpot.placement.quantizer_groups import find_groups
from snapshot_text import snapshot_from_text

START = """
data = Parameter 1x8x4x4
k = Constant 1x8x4x4
w = Constant 8x8x1x1
wd = Constant 16x1x1x3x3
a = Relu(data)
b = Sigmoid(data)
c = Tanh(data)
"""


def groups(text, *edges, device="CPU", **more):
    """Bridges and quantizers of each group; quantizers stand on the given inputs."""
    graph = QuantizerGraph(snapshot_from_text(START + text))
    for edge in edges:
        name, port = edge.split(".")
        kind = QuantizerKind.WEIGHTS if graph.sources(name)[int(port)] in ("w", "wd") else QuantizerKind.ACTIVATIONS
        graph.insert(InputId(name, int(port)), edge, kind)
    table = load_hardware_table(device)
    found = find_groups(graph, table, lambda node: table.is_agnostic(node.type), **more)
    return [(group.bridges, group.quantizers) for group in found]


JOIN = "j = Concat(a, b) 1x16x4x4\n"


def test_a_concat_before_a_convolution_joins_its_inputs():
    assert groups(JOIN + "conv = Convolution(j, w)", "j.0", "j.1", "conv.1") == [(("j",), ("j.0", "j.1"))]


@pytest.mark.parametrize(
    "below",
    ["x = Softmax(j)", "x = Result(j)", "x = MVN(j, k)"],
)
def test_a_concat_before_anything_else_joins_nothing(below):
    assert groups(JOIN + below, "j.0", "j.1") == []


def test_a_single_quantizer_is_no_group():
    assert groups(JOIN + "conv = Convolution(j, w)", "j.0") == []


def test_the_way_leads_through_agnostic_operations():
    text = "p = MaxPool(a)\nj = Concat(p, b) 1x16x4x4\nr = Reshape(j, k)\nfc = MatMul(r, w)"
    assert groups(text, "p.0", "j.1", "fc.1") == [(("j",), ("j.1", "p.0"))]


def test_chained_concats_are_one_group():
    text = JOIN + "l = Concat(j, c) 1x24x4x4\nconv = Convolution(l, w)"
    assert groups(text, "j.0", "j.1", "l.1") == [(("j", "l"), ("j.0", "j.1", "l.1"))]


def test_a_concat_with_a_constant_is_no_bridge():
    assert groups("j = Concat(a, k, b) 1x24x4x4\nconv = Convolution(j, w)", "j.0", "j.2") == []


def test_limits_per_channel_below_prevent_a_group_in_pots_placement():
    text = JOIN + "conv = Convolution(j, w)\ndepth = GroupConvolution(j, wd)"
    assert groups(text, "j.0", "j.1") == []
    assert groups(text, "j.0", "j.1", depthwise_prevents=False) == [(("j",), ("j.0", "j.1"))]
    assert groups(JOIN + "depth = GroupConvolution(j, wd)", "j.0", "j.1", depthwise_prevents=False) == []


def test_sequences_join_pairs_of_inputs():
    text = "lstm = LSTMSequence(a, b, c, k, w, w, w) 1x1x4x4|1x1x4|1x1x4"
    edges = ["lstm.0", "lstm.1", "lstm.4", "lstm.5"]
    assert groups(text, *edges) == [(("lstm",), ("lstm.0", "lstm.1"))]
    assert groups(text, *edges, device="GPU") == []


def test_elementwise_inputs_are_joined_on_npu_only():
    text = "s = Add(a, b)"
    assert groups(text, "s.0", "s.1", device="NPU") == [(("s",), ("s.0", "s.1"))]
    assert groups(text, "s.0", "s.1") == []
