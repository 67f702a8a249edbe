"""Where a quantizer may go, each rule in a small graph."""

import pytest

from openpot.graph.operation_kinds import POT_TO_ALL_INPUTS, POT_TO_FIRST_INPUT, POT_TO_VARIABLE_INPUTS
from openpot.graph.tensor_id import InputId, TensorId
from openpot.placement.plan import QuantizerKind
from openpot.placement.quantizer_graph import QuantizerGraph
from openpot.placement.quantizer_propagation import MovementRules, deduplicate, propagate
from snapshot_text import snapshot_from_text

HARMLESS = POT_TO_FIRST_INPUT | POT_TO_ALL_INPUTS | POT_TO_VARIABLE_INPUTS
START = "data = Parameter 1x8x4x4\nk = Constant 4\nw = Constant 8x8x1x1\nrelu = Relu(data)\n"


def moved(text, marked=(), at=("conv",)):
    """Where quantizers end that start at input 0 of these operations: name -> tensor."""
    graph = QuantizerGraph(snapshot_from_text(START + text))
    for name in at:
        graph.insert(InputId(name, 0), f"{name}/fq_input_0", QuantizerKind.ACTIVATIONS)
    rules = MovementRules(
        moves=lambda node: node.type in HARMLESS - {"Result", "AvgPool"},
        harmless=lambda node: node.type in HARMLESS,
        marked=frozenset(marked),
    )
    propagate(graph, rules)
    deduplicate(graph)
    return {one.name: str(graph.quantized_tensor(one.key)) for one in graph.sort_by_name()}


CASES = [
    ("stays below arithmetic", "conv = Convolution(relu, w)", {"conv/fq_input_0": "relu"}),
    ("passes a pool", "p = MaxPool(relu)\nconv = Convolution(p, w)", {"p/fq_input_0": "relu"}),
    (
        "passes a chain",
        "p = MaxPool(relu)\nr = Reshape(p, k)\nt = Transpose(r, k)\nconv = Convolution(t, w)",
        {"p/fq_input_0": "relu"},
    ),
    (
        "stops above another reader",
        "p = MaxPool(relu)\nconv = Convolution(p, w)\nother = Sigmoid(p)",
        {"conv/fq_input_0": "p"},
    ),
    (
        "an output of the model is no reader that suffers",
        "p = MaxPool(relu)\nconv = Convolution(p, w)\nout = Result(p)",
        {"p/fq_input_0": "relu"},
    ),
    (
        "shapes are no readers",
        "p = MaxPool(relu)\nconv = Convolution(p, w)\ns = ShapeOf(p) 4 i64",
        {"p/fq_input_0": "relu"},
    ),
    (
        "goes to all inputs of a concat",
        "s = Sigmoid(data)\nj = Concat(relu, s) 1x16x4x4\nconv = Convolution(j, w)",
        {"j/fq_input_0": "relu", "j/fq_input_1": "s"},
    ),
    (
        "goes to the data of a pad only",
        "p = Pad(relu, k, k, k)\nconv = Convolution(p, w)",
        {"p/fq_input_0": "relu"},
    ),
    ("never goes above a constant", "p = Reshape(k, k)\nconv = Convolution(p, w)", {"conv/fq_input_0": "p"}),
    (
        "every branch of a split",
        "s = Split(relu, k) 1x4x4x4|1x4x4x4\nj = Concat(s, s.1)\nconv = Convolution(j, w)",
        {"s/fq_input_0": "relu"},
    ),
    (
        "a float branch of a split holds it back",
        "s = Split(relu, k) 1x4x4x4|1x4x4x4\nx = Sigmoid(s.1)\nconv = Convolution(s, w)",
        {"conv/fq_input_0": "s"},
    ),
]


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_movement(text, expected):
    assert moved(text) == expected


def test_marked_operations_are_not_passed():
    text = "p = MaxPool(relu)\nr = Reshape(p, k)\nconv = Convolution(r, w)"
    assert moved(text, marked={"p"}) == {"r/fq_input_0": "p"}


def test_quantizers_that_meet_become_one_and_readers_are_shared():
    text = (
        "p = MaxPool(relu)\na = Reshape(p, k)\nb = Transpose(p, k)\nconv = Convolution(a, w)\ntwo = Convolution(b, w)"
    )
    assert moved(text, at=("conv", "two")) == {"p/fq_input_0": "relu"}


def test_a_concat_with_a_float_input_and_no_quantizer_below_holds_back():
    text = """
    p = MaxPool(relu)
    conv = Convolution(p, w)
    s = Sigmoid(data)
    j = Concat(p, s) 1x16x4x4
    out = Result(j)
    """
    assert moved(text) == {"conv/fq_input_0": "p"}


def test_a_concat_that_is_quantized_below_does_not_hold_back():
    text = """
    p = MaxPool(relu)
    conv = Convolution(p, w)
    s = Sigmoid(data)
    j = Concat(p, s) 1x16x4x4
    two = Convolution(j, w)
    """
    assert moved(text, at=("conv", "two")) == {"j/fq_input_1": "s", "p/fq_input_0": "relu"}


def test_a_scale_shift_on_an_input_of_the_model_loses_its_quantizer():
    graph = snapshot_from_text("data = Parameter 1x8\nk = Constant 8\nconv = Multiply(data, k)\nshift = Add(conv, k)")
    draft = QuantizerGraph(graph)
    draft.insert(InputId("conv", 0), "q", QuantizerKind.ACTIVATIONS)
    propagate(draft, MovementRules(lambda _: False, lambda _: False))
    assert draft.quantizers == {}


def test_the_upper_quantizer_takes_the_kind_of_a_stronger_lower_one():
    for priority, expected in [(0, QuantizerKind.OUTPUTS), (2, QuantizerKind.ACTIVATIONS)]:
        draft = QuantizerGraph(snapshot_from_text(START + "conv = Convolution(relu, w)"))
        lower = draft.insert(InputId("conv", 0), "lower", QuantizerKind.ACTIVATIONS, priority)
        draft.insert(InputId(lower.key, 0), "upper", QuantizerKind.OUTPUTS, 1)
        propagate(draft, MovementRules(lambda _: False, lambda _: False))
        assert [(one.name, one.kind) for one in draft.quantizers.values()] == [("upper", expected)]


def test_duplicates_keep_the_first_by_name_unless_they_differ():
    draft = QuantizerGraph(snapshot_from_text(START + "b = Convolution(relu, w)\na = Convolution(relu, w)"))
    for name in ("b", "a"):
        draft.insert(InputId(name, 1), f"{name}/fq_weights_1", QuantizerKind.WEIGHTS)
    deduplicate(draft, lambda one, other: False)
    assert len(draft.quantizers) == 2
    deduplicate(draft)
    (kept,) = draft.quantizers.values()
    assert kept.name == "a/fq_weights_1"
    assert set(draft.readers(TensorId(kept.key))) == {InputId("a", 1), InputId("b", 1)}
