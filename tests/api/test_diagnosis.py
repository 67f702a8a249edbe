"""Runs that were broken on purpose name the cause."""

import json

import pytest

import openpot
from openpot.api.diagnosis import explain_dominant_error, explain_fallback, explain_ignored
from openpot.measure.executed_graph import Arithmetic
from openpot.placement.plan import OperationDecision, QuantizationPlan
from openpot.report.layers import PREPARED
from openpot.report.page.document import render_content
from openpot.report.records import LayerRecord
from openpot.search.evidence import Evidence
from openpot.search.units import Unit
from report_reader import read_page
from scaled_networks import pixels, with_scaled_weights
from toy_models import images, tiny_cnn


def first_screen(result):
    text = read_page(render_content(json.loads(json.dumps(result.to_dict())))).text
    return text[: text.index("Before and after")]


@pytest.mark.parametrize(
    ("model", "samples", "words"),
    [
        (tiny_cnn(), pixels(), "the samples seem not to be scaled as in training"),
        (with_scaled_weights("conv2", 1e5, slice(2, 3)), images(), "the layer 'conv2' explodes"),
    ],
    ids=["scaled wrongly", "exploding layer"],
)
@pytest.mark.filterwarnings("ignore::openpot.errors.OpenPotWarning")
def test_the_first_screen_names_the_cause(model, samples, words):
    assert words in first_screen(openpot.quantize(model, samples))


@pytest.mark.filterwarnings("ignore::openpot.errors.OpenPotWarning")
def test_an_ignored_scope_that_covers_everything_is_the_title():
    result = openpot.quantize(tiny_cnn(), images(), ignored_scope=["conv1", "conv2", "fc"])
    title = "Nothing was quantized: the ignored scope covers everything that could be quantized: 3 of 3 layers"
    assert title in first_screen(result)


def test_a_run_that_is_right_has_no_findings():
    result = openpot.quantize(tiny_cnn(), images(12))
    assert result.findings == ()
    assert "may be wrong" not in first_screen(result)


def test_an_ignored_scope_that_leaves_a_layer_is_no_cause():
    decisions = (
        OperationDecision("a", "MatMul", False, "the user left it out by name"),
        OperationDecision("b", "MatMul", True, "weights and input are quantized"),
    )
    assert explain_ignored(QuantizationPlan("CPU", "openpot", (), decisions)) == []
    assert explain_ignored(QuantizationPlan("CPU", "openpot")) == []


def test_one_place_that_brought_most_of_the_error_is_named():
    units = tuple((Unit((f"q{name}",), (name,), 1.0), share) for name, share in (("bad", 0.9), ("other", 0.1)))
    evidence = Evidence("widest", {}, {}, 0.1, 6, ends=units, budget=0.15)
    (finding,) = explain_dominant_error(evidence)
    assert finding.text.startswith("'bad' brought 90%")
    assert explain_dominant_error(None) == []


def test_layers_that_were_quantized_in_vain_are_named_with_what_they_cost():
    layers = [
        LayerRecord("a", "Convolution", "f32", False, f"{PREPARED} computes it in f32 (ref)", Arithmetic.FLOAT, 30.0),
        LayerRecord("b", "Convolution", "i8", True, "quantized", Arithmetic.INT8, 70.0),
    ]
    (finding,) = explain_fallback(layers)
    assert finding.text.startswith("a: prepared for INT8")
    assert "30% of the multiplications" in finding.text
    assert finding.severity == "warning"
    assert explain_fallback(layers[1:]) == []
