"""Results as plain data."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from openpot.report.as_json import to_json_value
from openpot.report.records import Status
from openpot.scheme import QuantizationMode
from openpot.search.evidence import Evidence
from openpot.search.repair import Repair
from openpot.search.units import Unit

sys.path.insert(0, str(Path(__file__).parent))

from result_examples import PLAN, example_result


def test_result_survives_json():
    content = example_result().to_dict()
    assert json.loads(json.dumps(content)) == content


def test_result_holds_every_field_but_the_model():
    result = example_result()
    fields = {name for name in result.__dataclass_fields__ if name != "model"}
    assert set(result.to_dict()) == fields | {"work_shares", "format", "verdict", "next_steps", "definitions"}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("status",), "done"),
        (("metric_before", "accuracy"), 0.912),
        (("metric_after", "accuracy"), 0.9105),
        (("size_after",), 1_000_000),
        (("speedup", "throughput", "median"), 2.5),
        (("speedup", "turns"), 15),
        (("output_error", 0, "relative"), 0.0123),
        (("output_error", 1, "sqnr_db"), None),
        (("layers", 1, "reason"), "named in the ignored scope"),
        (("layers", 0, "is_integer"), True),
        (("plan", "decisions", 1, "quantized"), False),
        (("settings", "preset"), "performance"),
    ],
    ids=str,
)
def test_value_is_found_where_it_belongs(path, expected):
    content = example_result().to_dict()
    for step in path:
        content = content[step]
    assert content == expected


def test_result_without_metric_and_speed_says_none():
    content = example_result(
        metric_before=None, metric_after=None, speedup=None, status=Status.NOTHING_QUANTIZED
    ).to_dict()
    assert (content["metric_before"], content["speedup"], content["status"]) == (None, None, "nothing quantized")


def test_planned_quantizers_are_spelled_out():
    weights, activations = PLAN.to_dict()["quantizers"]
    assert weights == {
        "name": "conv/fq_weights_1",
        "tensor": "conv/fq_weights_1_source",
        "readers": ["conv[1]"],
        "kind": "weights",
        "mode": "symmetric",
        "num_bits": 8,
        "levels": 255,
        "granularity": "per channel (axis 0)",
        "group": None,
        "halve_weights": False,
        "pairs_along": None,
    }
    assert activations["granularity"] == "per tensor"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        ((1, (2, None)), [1, [2, None]]),
        ({2: QuantizationMode.SYMMETRIC}, {"2": "symmetric"}),
        ({"a"} | {"b"}, ["a", "b"]),
        (Path("a"), "a"),
        (float("-inf"), "-inf"),
        (np.float32("nan"), "nan"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_values_become_plain(value, expected):
    result = to_json_value(value)
    assert result == expected
    assert json.loads(json.dumps(result)) == expected


def test_evidence_names_what_was_reverted_to_float_and_holds_only_plain_values():
    last, worst = Unit(("q1",), ("fc",), 1.0), Unit(("q2",), ("conv1", "conv2"), 5.0)
    repaired = Repair(((worst, 0.5),), {}, {}, 0.1, 0.05)
    evidence = Evidence(
        "widest", {"conv3": np.zeros(2)}, {"widest": float("inf")}, 0.1, 12, 96, ((last, 0.25),), repaired
    )
    found = example_result(evidence=evidence).to_dict()["evidence"]
    assert json.loads(json.dumps(found)) == {
        "ranges": "widest",
        "shifted_layers": 1,
        "shifted": ["conv3"],
        "output_error": 0.1,
        "allowed_error": None,
        "judged_at": "at the outputs",
        "errors": {"widest": "inf"},
        "validation_samples": 12,
        "inferences": 96,
        "tried": [
            {
                "description": "the result",
                "float_work": 0.0,
                "error": 0.1,
                "is_measured": True,
                "is_chosen": True,
            }
        ],
        "reverted_to_float": {"fc": 0.25, "conv1": 0.5, "conv2": 0.5},
    }
    assert example_result().to_dict()["evidence"] is None
