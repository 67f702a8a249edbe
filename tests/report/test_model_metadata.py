"""What a saved model says about itself."""

import json
import sys
from pathlib import Path

import pytest

from openpot.graph.metadata import section
from openpot.graph.read import read_model
from openpot.report.model_metadata import SECTION, describe_for_model
from toy_models import tiny_cnn

sys.path.insert(0, str(Path(__file__).parent))

from result_examples import example_result

SETTINGS = {
    "model": "/home/somebody/net.onnx",
    "command": ["openpot", "quantize", "/home/somebody/net.onnx"],
    "processor": "a processor",
    "int8_sums_can_saturate": False,
    "preset": "mixed",
    "seed": 3,
    "versions": {"openpot": "1.2", "openvino": "2026.4"},
    "digests": {"model": "abc"},
}


def test_options_versions_and_digest_are_there_and_nothing_of_the_machine():
    entries = describe_for_model(SETTINGS)
    assert json.loads(entries["settings"]) == {"preset": "mixed", "seed": 3}
    assert json.loads(entries["versions"]) == SETTINGS["versions"]
    assert entries["source_digest"] == "abc"
    assert not [text for text in entries.values() if "somebody" in text or "processor" in text]


def test_a_saved_model_has_the_entry_and_the_one_in_memory_stays_as_it_is(tmp_path):
    result = example_result(model=read_model(tiny_cnn()), settings=SETTINGS)
    saved = read_model(result.save(tmp_path))
    assert section(saved, SECTION) == describe_for_model(SETTINGS)
    assert section(result.model, SECTION) == {}


@pytest.mark.parametrize("where", ["/a/net.onnx", "/b/net.onnx"])
def test_equal_runs_from_other_places_give_equal_entries(where):
    assert describe_for_model({**SETTINGS, "model": where, "processor": where}) == describe_for_model(SETTINGS)
