import pytest

from openpot.config.hardware import load_hardware_table
from openpot.config.quantizer import QuantizerConfig
from openpot.graph.tensor_id import InputId
from openpot.placement.placement_decisions import DecisionContext, decide, decide_by_table, describe_config
from openpot.placement.plan import QuantizerKind
from openpot.placement.quantizer_graph import QuantizerGraph
from openpot.placement.virtual_bias import add_virtual_biases
from openpot.scheme import QuantizationMode
from snapshot_text import snapshot_from_text

GRAPH = """
data = Parameter 1x8x4x4
ints = Parameter 1x8 i64
w = Constant 8x8x1x1
pool = MaxPool(data)
conv = Convolution(pool, w)
sum = Add(conv, data)
count = Add(ints, ints)
gru = GRUSequence(data, data, ints, w, w, w) linear_before_reset=true
"""


@pytest.fixture
def context():
    biased = add_virtual_biases(snapshot_from_text(GRAPH))
    graph = QuantizerGraph(biased.snapshot)
    graph.insert(InputId("pool", 0), "q", QuantizerKind.ACTIVATIONS)
    graph.insert(InputId("conv", 1), "qw", QuantizerKind.WEIGHTS)
    return DecisionContext(graph, biased, {"sum": "the user left it out by name"}, lambda node: node.type == "MaxPool")


CONFIGS = {"q": QuantizerConfig(mode=QuantizationMode.ASYMMETRIC), "qw": QuantizerConfig()}


def test_a_quantized_operation_tells_how_and_by_which_quantizers(context):
    found = decide(context, context.graph.record("conv"), CONFIGS)
    assert found.quantized
    assert found.quantizers == ("q", "qw")
    assert found.reason == (
        "quantized: activations 8 bits, asymmetric, per tensor; weights 8 bits, symmetric, per tensor"
    )


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("sum", "stays in float: the user left it out by name"),
        ("count", "stays in float: its data are of type i64"),
        ("gru", "stays in float: linear_before_reset is not run in low precision"),
    ],
)
def test_other_operations_tell_why_not(context, name, reason):
    found = decide(context, context.graph.record(name), CONFIGS)
    assert not found.quantized
    assert found.reason == reason
    assert found.quantizers == ()


def test_there_is_one_decision_for_each_operation_of_the_table(context):
    found = decide_by_table(context, load_hardware_table("CPU"), CONFIGS)
    assert [one.operation for one in found] == ["conv", "sum", "count", "gru"]


def test_a_description_in_words():
    assert describe_config(QuantizerConfig(16)) == "16 bits, symmetric, per tensor"
