"""Node data for Model Explorer."""

import json
import sys
from dataclasses import replace
from pathlib import Path

from openpot.examination.records import Examination, LayerNoiseRecord
from openpot.measure.executed_graph import Arithmetic
from openpot.report.overlay import GRAPH, make_overlays
from openpot.report.run_record import parse_run_record

sys.path.insert(0, str(Path(__file__).parent))

from result_examples import example_result


def overlays_of(**changes):
    return make_overlays(parse_run_record(json.loads(json.dumps(example_result(**changes).to_dict()))))


def test_layers_have_the_precision_that_runs_and_its_colour():
    layers = tuple(
        replace(layer, arithmetic=kind)
        for layer, kind in zip(example_result().layers, (Arithmetic.INT8, Arithmetic.FLOAT), strict=True)
    )
    (overlay,) = overlays_of(layers=layers).values()
    results = overlay[GRAPH]["results"]
    assert {name: entry["value"] for name, entry in results.items()} == {"conv": "i8", "head": "f32"}
    assert results["conv"]["bgColor"] != results["head"]["bgColor"]


def test_errors_of_layers_are_a_gradient_where_they_were_asked_for():
    look = Examination(4, layers=(LayerNoiseRecord("conv", 0.1, 0.05, 0.08, 0.2), LayerNoiseRecord("head")))
    overlays = overlays_of(examination=look)
    assert set(overlays) == {"precision", "error contributed", "error accumulated"}
    graph = overlays["error accumulated"][GRAPH]
    assert graph["results"] == {"conv": {"value": 0.2}}
    assert [stop["stop"] for stop in graph["gradient"]] == [0, 1]
