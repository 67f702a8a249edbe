import pytest

from openpot.config.hardware import load_hardware_table
from openpot.placement.quantizer_graph import QuantizerGraph
from openpot.placement.quantizer_insertion import choose_quantized_ports, insert_by_table, insert_on_ports
from snapshot_text import snapshot_from_text


def inserted(text, device="CPU", left_out=()):
    graph = QuantizerGraph(snapshot_from_text(text))
    insert_by_table(graph, load_hardware_table(device), lambda name: name in left_out)
    return sorted(quantizer.name for quantizer in graph.quantizers.values())


@pytest.mark.parametrize(
    ("line", "ports"),
    [
        ("x = Convolution(a, w)", (0, 1)),
        ("x = GroupConvolution(a, w)", (0, 1)),
        ("x = ConvolutionBackpropData(a, w, k)", (0, 1)),
        ("x = MatMul(a, b)", (0, 1)),
        ("x = LSTMSequence(a, b, k, k, w, w, w)", (0, 1, 4, 5)),
        ("x = GRUSequence(a, b, k, w, w, w)", (0, 1, 3, 4)),
        ("x = GRUSequence(a, b, k, w, w, w) linear_before_reset=true", ()),
        ("x = Interpolate(a, k, k)", (0,)),
        ("x = Power(a, k)", (0,)),
        ("x = PRelu(a, k)", (0,)),
        ("x = Multiply(a, k)\ny = Add(x, k)", (0,)),
        ("x = Multiply(a, k)\ny = Relu(x)", (0, 1)),
        ("x = Multiply(a, k)\ny = Add(x, a)", (0, 1)),
        ("x = AvgPool(a)", (0,)),
        ("x = Add(a, b)", (0, 1)),
    ],
    ids=lambda value: str(value),
)
def test_ports(line, ports):
    graph = snapshot_from_text(f"a = Parameter 1x8\nb = Parameter 1x8\nw = Constant 8x8\nk = Constant 8\n{line}")
    assert choose_quantized_ports(graph, graph["x"]) == ports


def test_names_tell_constants_from_activations():
    text = "a = Parameter 1x8\nw = Constant 8x8\nfc = MatMul(a, w)\nsum = Add(a, fc)\ntimes = Multiply(w, fc)"
    assert inserted(text) == [
        "fc/fq_input_0",
        "fc/fq_weights_1",
        "sum/fq_input_0",
        "sum/fq_input_1",
        "times/fq_input_1",
        "times/fq_weights_0",
    ]


def test_operations_left_out_computed_constants_and_agnostic_ones_get_none():
    text = """
    a = Parameter 1x8
    w = Constant 8x8
    folded = Add(w, w)
    one = MatMul(a, folded)
    two = MatMul(a, w)
    flat = Reshape(two, w)
    """
    assert inserted(text, left_out={"two"}) == ["one/fq_input_0", "one/fq_weights_1"]


def test_values_computed_from_shapes_get_none():
    text = "a = Parameter ?x8\nshape = ShapeOf(a) 2 i64\nsize = Convert(shape) 2 f32\nscaled = Divide(a, size)"
    assert inserted(text) == ["scaled/fq_input_0"]


def test_outputs_behind_the_bias_one_for_each_reader():
    text = """
    a = Parameter 1x8
    w = Constant 8x8
    fc = MatMul(a, w)
    bias = Add(fc, w)
    one = Relu(bias)
    two = Softmax(bias)
    shape = ShapeOf(bias) 2 i64
    out = Result(one)
    """
    assert inserted(text, "GNA", left_out={"bias"}) == [
        "a/fq_output_0_0",
        "bias/fq_output_0_0",
        "bias/fq_output_0_1",
        "fc/fq_input_0",
        "fc/fq_weights_1",
        "one/fq_input_0",
        "one/fq_output_0_0",
        "out/fq_input_0",
    ]


def test_input_priority_of_gna3_convolutions():
    text = "a = Parameter 1x8x4x4\nw = Constant 8x8x3x3\nconv = Convolution(a, w)\nsum = Add(conv, a)"
    graph = QuantizerGraph(snapshot_from_text(text))
    insert_by_table(graph, load_hardware_table("GNA3"), lambda _: False)
    priorities = {quantizer.name: quantizer.priority for quantizer in graph.quantizers.values()}
    assert priorities["conv/fq_input_0"] == 2
    assert priorities["sum/fq_input_1"] == 1
    assert priorities["a/fq_output_0_0"] == 1
    assert priorities["conv/fq_output_0_0"] == 0


def test_insertion_on_chosen_ports_returns_the_keys():
    graph = QuantizerGraph(snapshot_from_text("a = Parameter 1x8\nw = Constant 8x8\nfc = MatMul(a, w)"))
    assert insert_on_ports(graph, "fc", [1]) == ["fc/fq_weights_1"]
