"""Layers, errors of outputs, settings."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from openpot.measure.executed_graph import Arithmetic
from openpot.measure.output_distance import Comparison, OutputDistance
from openpot.report.page.details import build_layers, build_settings, describe_arithmetic, describe_distance
from openpot.report.records import LayerRecord
from openpot.report.run_record import parse_run_record
from openpot.search.evidence import Evidence

sys.path.insert(0, str(Path(__file__).parent.parent))

from result_examples import example_result


@pytest.mark.parametrize(
    ("precision", "arithmetic", "words"),
    [
        ("i8", Arithmetic.INT8, "i8"),
        ("f32", Arithmetic.WEIGHT_ONLY, "f32, integer weights unpacked"),
        (None, Arithmetic.FLOAT, "float"),
        (None, None, "not known"),
    ],
)
def test_what_a_layer_runs_in(precision, arithmetic, words):
    assert describe_arithmetic(LayerRecord("a", "MatMul", precision, False, "", arithmetic)) == words


@pytest.mark.parametrize(
    ("comparison", "words"),
    [
        (Comparison.VALUES, "0.2500 of the variation between samples"),
        (Comparison.LABELS, "25.0% of its values are other ones"),
        (Comparison.ROWS, "25.0% of its rows have no partner, in any order"),
    ],
)
def test_an_error_says_what_it_is_a_share_of(comparison, words):
    assert describe_distance(OutputDistance("out", 0.25, None, 3, comparison=comparison)) == words


def test_hashes_versions_processor_and_command_are_there():
    settings = {"versions": {"openvino": "1.2"}, "processor": "a fast one", "command": "openpot quantize x"}
    settings |= {"int8_sums_can_saturate": True, "digests": {"model": "abc"}}
    run = parse_run_record({**example_result(settings=settings).to_dict(), "files": {"model.xml": "def"}})
    text = "".join(build_settings(run).itertext())
    assert all(words in text for words in ("1.2", "a fast one", "openpot quantize x", "abc", "SHA-256 of model.xml"))


def test_a_layer_whose_bias_was_corrected_says_so():
    evidence = Evidence("widest", {"conv": np.ones(2)}, {}, 0.1, 6)
    run = parse_run_record(json.loads(json.dumps(example_result(evidence=evidence).to_dict())))
    text = "".join(build_layers(run).itertext())
    assert "runs in INT8; bias shifted" in text
    assert text.count("bias shifted") == 1
