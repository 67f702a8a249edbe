from openpot.graph.tensor_id import InputId, TensorId
from openpot.placement.virtual_bias import add_virtual_biases, find_bias_add
from snapshot_text import snapshot_from_text

GRAPH = snapshot_from_text("""
data = Parameter 1x8x4x4
w = Constant 8x8x3x3
b = Constant 1x8x1x1
bare = Convolution(data, w)
relu = Relu(bare)
biased = Convolution(relu, w)
bias = Add(biased, b)
branched = Convolution(bias, w)
one = Add(branched, b)
two = Relu(branched)
""")


def test_a_bias_is_an_add_of_a_constant_that_alone_reads_the_operation():
    assert find_bias_add(GRAPH, GRAPH["biased"]).name == "bias"
    assert find_bias_add(GRAPH, GRAPH["bare"]) is None
    assert find_bias_add(GRAPH, GRAPH["branched"]) is None


def test_bare_convolutions_get_a_bias_and_their_readers_read_it():
    biased = add_virtual_biases(GRAPH)
    assert biased.added == {"bare/add_": "bare", "branched/add_": "branched"}
    assert biased.snapshot["bare/add_"].inputs[0] == TensorId("bare")
    assert biased.snapshot["relu"].inputs == (TensorId("bare/add_"),)
    assert biased.snapshot["one"].inputs[0] == biased.snapshot["two"].inputs[0] == TensorId("branched/add_")
    assert biased.snapshot["bare/add_"].output_shape == (1, 8, 4, 4)
    assert list(biased.snapshot.nodes).index("bare/add_") < list(biased.snapshot.nodes).index("relu")


def test_places_behind_the_bias_are_places_behind_the_convolution():
    biased = add_virtual_biases(GRAPH)
    assert biased.real_tensor(TensorId("bare/add_")) == TensorId("bare")
    assert biased.real_tensor(TensorId("relu")) == TensorId("relu")
    assert not biased.is_real(InputId("bare/add_", 0))
    assert biased.is_real(InputId("relu", 0))


def test_the_original_snapshot_is_left_alone():
    before = dict(GRAPH.nodes)
    add_virtual_biases(GRAPH)
    assert GRAPH.nodes == before
