"""The report as one HTML file."""

import json
import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from openpot.measure.output_distance import OutputDistance, PartDistance
from openpot.placement.plan import QuantizationPlan
from openpot.report.page.document import render_content
from openpot.report.records import DropRecord, FailedStage, Finding, LayerRecord, Status
from openpot.search.evidence import Evidence
from openpot.search.units import Unit
from report_reader import read_page

sys.path.insert(0, str(Path(__file__).parent.parent))

from result_examples import PLAN, example_result

EVIL = "<script>alert(1)</script>"


def page_of(**changes):
    return render_content(json.loads(json.dumps(example_result(**changes).to_dict())))


def test_the_page_loads_nothing_and_runs_nothing():
    text = page_of()
    page = read_page(text)
    assert not {"script", "img", "link", "iframe", "object", "base", "form"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on") or name in ("src", "href", "style")]
    assert not re.findall(r"https?:|url\(", text)
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'; img-src data:") in page.attributes
    assert {"svg", "table", "main"} <= set(page.tags)


def test_the_verdict_stands_before_the_warnings_and_these_before_the_layers():
    text = read_page(page_of(metric_before=None, metric_after=None)).text
    order = ["was not measured with a metric", "Warnings", "What to try next", "Before and after", "Layers (2)"]
    assert [text.index(words) for words in order] == sorted(text.index(words) for words in order)


@pytest.mark.parametrize(
    "words",
    [
        *("0.9120", "0.9105", "4.00 MB", "4.00x smaller", "2.50x", "sample 3: a warning", "named in the ignored scope"),
        *("logits", "0.0123", "38.2 dB", "the output does not vary", "net.onnx", "preset"),
    ],
)
def test_every_figure_of_the_record_is_on_the_page(words):
    assert words in read_page(page_of()).text


def test_a_name_is_text_wherever_it_appears():
    result = example_result()
    layers = tuple(replace(layer, operation=EVIL, type=EVIL, precision=EVIL, reason=EVIL) for layer in result.layers)
    settings = {"model": EVIL, EVIL: EVIL, "versions": {EVIL: EVIL}, "processor": EVIL, "command": ["openpot", EVIL]}
    decisions = tuple(replace(one, operation=EVIL, reason=EVIL) for one in PLAN.decisions)
    plan = QuantizationPlan(EVIL, EVIL, PLAN.quantizers, decisions)
    evidence = Evidence(EVIL, {}, {EVIL: 0.3}, 0.3, 6, ends=((Unit((EVIL,), (EVIL,), 1.0), 0.5),), budget=0.15)
    text = page_of(
        layers=layers,
        settings=settings,
        plan=plan,
        evidence=evidence,
        warnings=(EVIL,),
        metric_before={EVIL: 1.0},
        metric_after={EVIL: 1.0},
        drop=DropRecord(allowed={EVIL: 0.1}, drops={EVIL: 0.2}, explanation=EVIL),
        output_error=(OutputDistance(EVIL, 0.5, 3.0, 4, parts=(PartDistance(EVIL, 0.5),)),),
        failed_stages=(FailedStage(EVIL, EVIL),),
        findings=(Finding(EVIL, EVIL),),
        status=Status.TARGET_NOT_MET,
    )
    page = read_page(text)
    assert "script" not in page.tags
    assert EVIL not in text
    assert page.text.count(EVIL) > 12


def test_layers_are_sorted_by_work_with_what_they_brought():
    layers = (
        LayerRecord("small", "MatMul", "f32", False, "why", None, 1.0),
        LayerRecord("large", "Convolution", "i8", True, "runs in INT8", None, 3.0),
    )
    evidence = Evidence("widest", {}, {}, 0.1, 6, ends=((Unit(("q",), ("small",), 1.0), 0.25),), budget=0.15)
    text = read_page(page_of(layers=layers, evidence=evidence)).text
    assert text.index("large2 of 2Conv") < text.index("small1 of 2Mat")
    assert "75.0%" in text
    assert "The search judged 0.1000 at the outputs, on 6 calibration samples" in text
    assert "limit 0.1500: kept" in text
    assert "25.0%" in text[text.index("small1 of 2") :]


def test_a_cause_stands_between_the_verdict_and_the_figures():
    finding = Finding("the samples seem not to be scaled", "look at --mean")
    text = read_page(page_of(findings=(finding,), status=Status.NOTHING_QUANTIZED)).text
    assert "Nothing was quantized: the samples seem not to be scaled" in text
    assert text.index("What may be wrong") < text.index("look at --mean") < text.index("Before and after")


def test_a_limit_that_was_not_kept_is_said():
    text = read_page(page_of(evidence=Evidence("widest", {}, {}, 0.3, 6, budget=0.15))).text
    assert "limit of the output error was not kept" in text
    assert "limit 0.1500: NOT KEPT" in text


@pytest.mark.parametrize("missing", ["layers", "output_error", "speedup", "metric_before", "warnings", "settings"])
def test_what_is_not_known_is_left_out(missing):
    empty = {"layers": (), "output_error": (), "speedup": None, "metric_before": None, "warnings": (), "settings": {}}
    assert read_page(page_of(**{missing: empty[missing]})).tags.count("html") == 1


def test_the_summary_for_notebooks_is_the_top_of_the_page_and_safe():
    piece = example_result(warnings=(EVIL,), settings={"model": EVIL})._repr_html_()
    assert EVIL not in piece
    assert "Quantized" in piece
    assert "<html" not in piece
