"""The curve of what the search tried."""

import json
import sys
from dataclasses import replace
from pathlib import Path

from openpot.report.page.curve import build_curve
from openpot.report.page.markup import write_fragment
from openpot.report.run_record import parse_run_record
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
    units = tuple((Unit((f"q{name}",), (name,), 50.0), share) for name, share in (("a", 0.7), ("b", 0.2)))
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
