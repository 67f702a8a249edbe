"""The curve of what the search tried."""

import json
import sys
from dataclasses import replace
from pathlib import Path

from openpot.report.page.curve import build_curve
from openpot.report.page.markup import write_fragment
from openpot.report.records import DropRecord
from openpot.report.run_record import parse_run_record
from openpot.search.accuracy_records import EvaluationRecord
from openpot.search.evidence import Evidence
from openpot.search.repair import Repair
from openpot.search.units import Unit

sys.path.insert(0, str(Path(__file__).parent.parent))

from result_examples import example_result


def run_of(evidence, work=100.0):
    layers = tuple(replace(layer, multiplications=work) for layer in example_result().layers)
    content = example_result(evidence=evidence, layers=layers).to_dict()
    return parse_run_record(json.loads(json.dumps(content)))


def test_points_have_rows_and_the_result_stands_out():
    units = tuple((Unit((f"q{name}",), (name,), 50.0), share) for name, share in (("conv", 0.7), ("head", 0.2)))
    repaired = Repair(units, {}, {}, 0.12, 0.01)
    text = write_fragment(
        build_curve(run_of(Evidence("widest", {}, {"widest": 0.4}, 0.12, 6, repair=repaired, budget=0.15)))
    )
    assert text.count("<circle") == 3
    for words in (
        "100.0%",
        "50.0%",
        "0.1200",
        "estimated from single units",
        "<strong>the result</strong>",
        "limit 0.15",
    ):
        assert words in text


def test_there_is_none_where_nothing_was_tried():
    assert build_curve(run_of(None)) is None
    assert build_curve(run_of(Evidence("widest", {}, {"widest": 0.1}, 0.1, 6), work=0.0)) is None


def test_points_at_one_place_are_drawn():
    text = write_fragment(build_curve(run_of(Evidence("widest", {}, {"widest": 0.0, "average": 0.0}, 0.0, 6))))
    assert "nan" not in text


def test_a_search_for_a_metric_shows_the_models_that_it_evaluated():
    tried = (
        EvaluationRecord("quantized", (), {"accuracy": 0.7}, {"accuracy": 0.2}),
        EvaluationRecord("quantized", ("a", "b"), {"accuracy": 0.895}, {"accuracy": 0.005}, accepted=True),
        EvaluationRecord("quantized", ("a", "b", "c", "d"), None),
    )
    drop = DropRecord(
        allowed={"accuracy": 0.01}, drops={"accuracy": 0.005}, explanation="", in_float=("b", "a"), tried=tried
    )
    content = json.loads(json.dumps(example_result(drop=drop).to_dict()))
    text = write_fragment(build_curve(parse_run_record(content)))
    assert text.count("<circle") == 2, "a metric that is not known has no place"
    for words in (
        "loss of accuracy",
        "0.2000",
        "<strong>quantized</strong>",
        "beyond the limit",
        "not known",
        "limit 0.01",
    ):
        assert words in text
