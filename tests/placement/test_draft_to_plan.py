import pytest

from openpot.config.quantizer import QuantizerConfig
from openpot.graph.tensor_id import InputId, TensorId
from openpot.placement.draft_to_plan import FinishedDraft, levels_of, planned_quantizers
from openpot.placement.plan import QuantizerKind
from openpot.placement.quantizer_graph import QuantizerGraph
from openpot.placement.quantizer_groups import QuantizerGroup
from openpot.placement.virtual_bias import with_biases
from openpot.scheme import PerChannel, PerGroup, PerTensor, QuantizationMode
from snapshot_text import snapshot_from_text

PER_CHANNEL = QuantizerConfig(granularity=PerChannel())
PER_TENSOR = QuantizerConfig()
PER_GROUP = QuantizerConfig(granularity=PerGroup(4))
GRAPH = snapshot_from_text("""
data = Parameter 1x8x4x4
vector = Parameter 8
unknown = Parameter ...
w = Constant 8x8x1x1
k = Constant 1x8x1x1
one = Constant ()
conv = Convolution(data, w)
relu = Relu(conv)
w2 = Constant 8x6
w3 = Constant 6x4
fc = MatMul(data, w2) 1x8x4x6
narrow = MatMul(fc, w3) 1x8x4x4
odd = Multiply(vector, one)
even = Multiply(unknown, k)
""")
W, A = QuantizerKind.WEIGHTS, QuantizerKind.ACTIVATIONS


@pytest.mark.parametrize(
    ("reader", "kind", "config", "expected"),
    [
        (InputId("conv", 1), W, PER_CHANNEL, PerChannel(0)),
        (InputId("conv", 1), W, PER_TENSOR, PerTensor()),
        (InputId("conv", 0), A, PER_CHANNEL, PerChannel(1)),
        (InputId("odd", 0), A, PER_CHANNEL, PerTensor()),
        (InputId("odd", 1), W, PER_CHANNEL, PerTensor()),
        (InputId("even", 0), A, PER_CHANNEL, PerTensor()),
        (InputId("even", 1), W, PER_CHANNEL, PerChannel(1)),
        (InputId("conv", 1), W, PER_GROUP, PerGroup(4, 0, 1)),
        (InputId("fc", 1), W, PER_GROUP, PerGroup(4, 1, 0)),
        (InputId("narrow", 1), W, PER_GROUP, PerChannel(1)),
        (InputId("even", 1), W, PER_GROUP, PerChannel(1)),
        (InputId("conv", 0), A, PER_GROUP, PerChannel(1)),
    ],
    ids=str,
)
def test_granularity_follows_from_the_tensor(reader, kind, config, expected):
    graph = QuantizerGraph(GRAPH)
    key = graph.insert(reader, "q", kind).key
    (planned,) = planned_quantizers(FinishedDraft(graph, with_biases(GRAPH), {key: config}), GRAPH)
    assert planned.granularity == expected


def test_places_are_those_of_the_original_graph():
    biased = with_biases(GRAPH)
    graph = QuantizerGraph(biased.snapshot)
    key = graph.insert(InputId("relu", 0), "relu/fq_input_0", A).key
    (planned,) = planned_quantizers(FinishedDraft(graph, biased, {key: PER_TENSOR}), GRAPH)
    assert planned.tensor == TensorId("conv")
    assert planned.readers == (InputId("relu", 0),)


def test_order_groups_names_and_halving():
    graph = QuantizerGraph(GRAPH)
    late = graph.insert(InputId("relu", 0), "a", A).key
    early = graph.insert(InputId("conv", 0), "z", A).key
    draft = FinishedDraft(
        graph,
        with_biases(GRAPH),
        {late: PER_TENSOR, early: PER_TENSOR},
        [QuantizerGroup(("x",), (early, late))],
        {late: "conv"},
        frozenset({early}),
    )
    planned = planned_quantizers(draft, GRAPH)
    assert [one.name for one in planned] == ["z", "conv"]
    assert [one.group for one in planned] == [0, 0]
    assert [one.takes_name_of_producer for one in planned] == [False, True]
    assert [one.halve_weights for one in planned] == [True, False]


@pytest.mark.parametrize(
    ("config", "kind", "levels"),
    [
        (QuantizerConfig(8, level_low=-127, level_high=127), W, 255),
        (QuantizerConfig(8), W, 255),
        (QuantizerConfig(8, QuantizationMode.ASYMMETRIC), W, 256),
        (QuantizerConfig(8), A, 256),
        (QuantizerConfig(4), W, 15),
        (QuantizerConfig(4), A, 16),
        (QuantizerConfig(16, level_low=-32767, level_high=32767), W, 65535),
        (QuantizerConfig(32, level_low=-(2**31), level_high=2**31 - 1), QuantizerKind.OUTPUTS, 2**32),
    ],
    ids=str,
)
def test_levels(config, kind, levels):
    assert levels_of(config, kind) == levels
