import pytest

from openpot.graph.tensor_id import InputId, TensorId
from openpot.placement.plan import QuantizerKind
from openpot.placement.quantizer_graph import FAKE_QUANTIZE, QuantizerGraph
from snapshot_text import snapshot_from_text

ACTIVATIONS = QuantizerKind.ACTIVATIONS


@pytest.fixture
def graph():
    return QuantizerGraph(
        snapshot_from_text("""
        data = Parameter 1x8
        w = Constant 8x8
        relu = Relu(data)
        left = MatMul(relu, w)
        right = MatMul(relu, w)
        """)
    )


def test_a_quantizer_stands_on_one_edge(graph):
    key = graph.insert(InputId("left", 0), "left/fq_input_0", ACTIVATIONS).key
    assert graph.type_of(key) == FAKE_QUANTIZE
    assert graph.source(InputId("left", 0)) == TensorId(key)
    assert graph.source(InputId("right", 0)) == TensorId("relu")
    assert graph.readers(TensorId("relu")) == (InputId(key, 0), InputId("right", 0))
    assert graph.sources("left") == [key, "w"]


def test_one_above_another_reads_the_same_tensor(graph):
    lower = graph.insert(InputId("left", 0), "lower", ACTIVATIONS)
    upper = graph.insert(InputId(lower.key, 0), "upper", ACTIVATIONS)
    assert graph.source(InputId(lower.key, 0)) == TensorId(upper.key)
    assert graph.quantized_tensor(lower.key) == graph.quantized_tensor(upper.key) == TensorId("relu")


def test_removal_restores_the_edge_in_its_place(graph):
    before = graph.readers(TensorId("relu"))
    key = graph.insert(InputId("left", 0), "q", ACTIVATIONS).key
    graph.remove(key)
    assert graph.readers(TensorId("relu")) == before
    assert graph.source(InputId("left", 0)) == TensorId("relu")
    assert graph.quantizers == {}


def test_readers_are_handed_over(graph):
    one = graph.insert(InputId("left", 0), "one", ACTIVATIONS).key
    two = graph.insert(InputId("right", 0), "two", ACTIVATIONS).key
    graph.hand_over(two, one)
    assert graph.consumers(one) == ["left", "right"]
    assert graph.readers(TensorId("relu")) == (InputId(one, 0),)
    assert list(graph.quantizers) == [one]


def test_equal_names_get_different_keys(graph):
    one = graph.insert(InputId("left", 0), "q", ACTIVATIONS)
    two = graph.insert(InputId("right", 0), "q", ACTIVATIONS)
    assert one.name == two.name
    assert one.key != two.key
    assert [quantizer.key for quantizer in graph.sort_by_name([two.key, one.key])] == [two.key, one.key]


def test_quantized_constants_are_not_constants(graph):
    key = graph.insert(InputId("left", 1), "q", QuantizerKind.WEIGHTS).key
    assert graph.is_constant("w")
    assert not graph.is_constant(key)
