"""A comparison as text and JSON."""

from openpot.measure.default_precision import DefaultPrecision
from openpot.measure.output_distance import OutputDistance
from openpot.report.comparison import Comparison, LayerComparison

FOUND = Comparison(
    "net.xml",
    "int8.xml",
    (OutputDistance("logits", 0.02, 34.0, 16), OutputDistance("other", 0.05, 26.0, 16)),
    (LayerComparison("conv", "Convolution", 0.01, 40.0, "f32", "u8"),),
    16,
    default_precision=DefaultPrecision("bf16", 0.003, 0.021, 16),
)


def test_the_worst_output_counts():
    assert FOUND.worst_error == 0.05
    assert repr(FOUND) == "Comparison('net.xml', 'int8.xml', output_error=0.05)"


def test_text_has_outputs_layers_and_the_default_precision():
    text = str(FOUND)
    assert text.startswith("int8.xml beside net.xml\n")
    assert "at the outputs themselves, on 16 samples" in text
    assert "in bf16: that alone" in text
    assert "conv       Convolution   0.01       40  f32          u8" in text


def test_json_defines_its_figure():
    assert "variation" in FOUND.to_dict()["definitions"]["output_error"]
