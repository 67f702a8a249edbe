"""What the outputs decided, as JSON."""

import json

import numpy as np

from openpot.report.evidence import evidence_as_json
from openpot.search.evidence import Evidence
from openpot.search.repair import Repair, Unit


def test_no_evidence_is_null():
    assert evidence_as_json(None) is None


def test_the_record_names_what_went_back_to_float_and_holds_only_plain_values():
    last, worst = Unit(("q1",), ("fc",), 1.0), Unit(("q2",), ("conv1", "conv2"), 5.0)
    repaired = Repair(((worst, 0.5),), {}, {}, 0.1, 0.05)
    found = evidence_as_json(
        Evidence("widest", {"conv3": np.zeros(2)}, {"widest": 0.3}, 0.1, 12, 96, ((last, 0.25),), repaired)
    )
    assert json.loads(json.dumps(found)) == {
        "ranges": "widest",
        "shifted_layers": 1,
        "output_error": 0.1,
        "errors": {"widest": 0.3},
        "allowed_error": None,
        "judging_items": 12,
        "inferences": 96,
        "back_to_float": {"fc": 0.25, "conv1": 0.5, "conv2": 0.5},
    }
