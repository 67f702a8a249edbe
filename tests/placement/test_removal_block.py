from openpot.graph.tensor_id import InputId
from openpot.placement.plan import QuantizerKind
from openpot.placement.quantizer_graph import QuantizerGraph
from openpot.placement.removal_block import find_removal_block
from snapshot_text import snapshot_from_text

GRAPH = """
data = Parameter 1x8x4x4
w = Constant 8x8x1x1
relu = Relu(data)
pool = MaxPool(relu)
one = Convolution(pool, w)
two = Convolution(relu, w)
join = Concat(one, two) 1x16x4x4
three = Convolution(join, w)
act = Sigmoid(three)
four = Convolution(act, w)
"""
EDGES = {
    "q_relu": ["pool[0]", "two[0]"],
    "w_one": ["one[1]"],
    "w_two": ["two[1]"],
    "q_one": ["join[0]"],
    "q_two": ["join[1]"],
    "w_three": ["three[1]"],
    "q_act": ["four[0]"],
    "w_four": ["four[1]"],
}


def block(start):
    graph = QuantizerGraph(snapshot_from_text(GRAPH))
    for name, readers in EDGES.items():
        first, *others = (InputId(text[:-3], int(text[-2])) for text in readers)
        key = graph.insert(first, name, QuantizerKind.ACTIVATIONS).key
        for other in others:
            graph.hand_over(graph.insert(other, "other", QuantizerKind.ACTIVATIONS).key, key)
    found = find_removal_block(
        graph,
        start,
        is_agnostic=lambda node: node.type in ("MaxPool", "Concat"),
        is_quantizable=lambda node: node.type == "Convolution",
    )
    return set(found.quantizers), set(found.operations)


def test_everything_that_serves_the_same_operations_goes():
    assert block("w_four") == ({"w_four", "q_act"}, {"four"})


def test_a_shared_quantizer_takes_all_it_serves_along():
    assert block("w_one") == ({"q_relu", "w_one", "w_two"}, {"one", "two"})


def test_the_inputs_of_a_concat_belong_together():
    assert block("q_one") == ({"q_one", "q_two", "w_three"}, {"three"})


def test_the_block_is_the_same_wherever_it_begins():
    assert block("q_relu") == block("w_one") == block("w_two")


def test_the_start_comes_first():
    graph = QuantizerGraph(snapshot_from_text(GRAPH))
    key = graph.insert(InputId("four", 1), "w_four", QuantizerKind.WEIGHTS).key
    graph.insert(InputId("four", 0), "q", QuantizerKind.ACTIVATIONS)
    found = find_removal_block(graph, key, lambda _: False, lambda _: True)
    assert found.quantizers == ("w_four", "q")
