import pytest

from openpot.config.target_devices import find_target_device
from openpot.graph.tensor_id import InputId
from openpot.placement.plan import QuantizerKind
from openpot.placement.quantizer_graph import QuantizerGraph
from openpot.placement.saturation_fix import choose_halved_weights, find_first_convolutions
from snapshot_text import snapshot_from_text

CPU = find_target_device("CPU")
GRAPH = snapshot_from_text("""
left = Parameter 1x8x4x4
right = Parameter 1x8x4x4
w = Constant 8x8x1x1
wd = Constant 8x1x1x3x3
shifted = Add(left, right)
one = Convolution(shifted, w)
two = GroupConvolution(one, wd)
three = Convolution(right, w)
four = MatMul(two, w)
product = MatMul(four, three)
""")


def halved(fix, device="CPU", **more):
    graph = QuantizerGraph(GRAPH)
    for name in ("one", "two", "three", "four"):
        graph.insert(InputId(name, 1), name, QuantizerKind.WEIGHTS)
    graph.insert(InputId("product", 1), "product", QuantizerKind.ACTIVATIONS)
    return {graph.quantizers[key].name for key in choose_halved_weights(graph, fix, find_target_device(device), **more)}


def test_the_first_convolution_on_every_path_from_an_input():
    assert find_first_convolutions(GRAPH) == ["three", "one"]


@pytest.mark.parametrize(
    ("fix", "expected"),
    [("first_layer", {"one", "three"}), ("all", {"one", "two", "three", "four"}), ("no", set())],
)
def test_which_weights_are_halved(fix, expected):
    assert halved(fix) == expected


def test_only_pot_halved_depthwise_convolutions():
    assert halved("all", as_pot=False) == {"one", "three", "four"}


@pytest.mark.parametrize(("device", "fixed"), [("ANY", True), ("CPU_SPR", False), ("GPU", False), ("GNA", False)])
def test_only_processors_that_saturate_need_it(device, fixed):
    assert bool(halved("all", device)) is fixed


def test_only_pot_left_a_model_without_convolutions_alone():
    graph = QuantizerGraph(snapshot_from_text("a = Parameter 1x8\nw = Constant 8x8\nfc = MatMul(a, w)"))
    graph.insert(InputId("fc", 1), "fc", QuantizerKind.WEIGHTS)
    assert choose_halved_weights(graph, "all", CPU) == frozenset()
    assert len(choose_halved_weights(graph, "all", CPU, as_pot=False)) == 1
