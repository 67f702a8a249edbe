"""Which of two quantizers an Add loses on CPU_SPR."""

from openpot.graph.tensor_id import InputId
from openpot.placement.plan import QuantizerKind
from openpot.placement.quantizer_graph import QuantizerGraph
from openpot.placement.residual_inputs import drop_one_of_two_at_adds
from snapshot_text import snapshot_from_text

START = """
data = Parameter 1x8x4x4
w = Constant 8x8x1x1
k = Constant 1x8x1x1
"""


def kept(text, *edges):
    graph = QuantizerGraph(snapshot_from_text(START + text))
    for name, *readers in (edge.split() for edge in edges):
        first, *others = (InputId(word.split(".")[0], int(word.split(".")[1])) for word in readers)
        key = graph.insert(first, name, QuantizerKind.ACTIVATIONS).key
        for other in others:
            graph.hand_over(graph.insert(other, "x", QuantizerKind.ACTIVATIONS).key, key)
    drop_one_of_two_at_adds(graph)
    return {one.name for one in graph.quantizers.values()}


RESIDUAL = """
c1 = Convolution(data, w)
b1 = Add(c1, k)
c2 = Convolution(b1, w)
b2 = Add(c2, k)
sum = Add(b1, b2)
"""


def test_the_branch_that_only_the_add_reads_stays_float():
    assert kept(RESIDUAL, "shared c2.0 sum.0", "own sum.1") == {"shared"}


def test_of_two_branches_straight_from_weights_the_larger_stays_float():
    text = """
    c1 = Convolution(data, w)
    c2 = Convolution(data, w) 1x8x1x1
    sum = Add(c1, c2)
    """
    assert kept(text, "large sum.0", "small sum.1") == {"small"}
    assert kept(text.replace("1x8x1x1", "1x8x4x4"), "first sum.0", "second sum.1") == {"first"}


def test_a_branch_with_another_input_keeps_both():
    text = "c1 = Convolution(data, w)\nm = Multiply(data, c1)\nsum = Add(c1, m)"
    assert kept(text, "one sum.0", "two sum.1") == {"one", "two"}


def test_an_input_of_the_model_keeps_both():
    assert kept("c1 = Convolution(data, w)\nsum = Add(c1, data)", "one sum.0", "two sum.1") == {"one", "two"}


def test_a_single_quantizer_stays():
    assert kept(RESIDUAL, "own sum.1") == {"own"}
