"""A record read back."""

import json
import sys
from pathlib import Path

import pytest

from openpot.errors import FileError, MissingFileError
from openpot.report.run_record import FORMAT, read_run

sys.path.insert(0, str(Path(__file__).parent))

from result_examples import example_result


def written(folder, content):
    (folder / "run.json").write_text(content if isinstance(content, str) else json.dumps(content))
    return folder


def test_what_was_recorded_is_read_back(tmp_path):
    result = example_result()
    run = read_run(written(tmp_path, result.to_dict()))
    assert (run.status, run.layers, run.output_error) == (result.status, result.layers, result.output_error)
    assert run.speedup == result.speedup
    assert run.plan.decisions == result.plan.decisions
    assert read_run(tmp_path / "run.json") == run


def test_a_record_from_before_the_verdict_can_be_read(tmp_path):
    content = example_result().to_dict()
    for later in ("format", "verdict", "next_steps", "definitions"):
        del content[later]
    assert read_run(written(tmp_path, content)).verdict is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "cannot be read as JSON"),
        ("[" * 100_000, "cannot be read as JSON"),
        ([1, 2], "no record of openpot quantize"),
        ({"weights": []}, "no record of openpot quantize"),
        ({"plan": {}, "status": "done"}, "is damaged: plan.target_device"),
        (
            {"plan": {}, "format": FORMAT + 1, "settings": {"versions": {"openpot": "9.9"}}},
            "made by openpot 9.9; this openpot reads up to format",
        ),
        ({"plan": {}, "format": "x"}, "update openpot"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 60 else "content",
)
def test_what_is_no_record_is_refused_with_the_reason(tmp_path, content, words):
    with pytest.raises(FileError, match=words):
        read_run(written(tmp_path, content))


def test_a_folder_without_a_record_is_named(tmp_path):
    with pytest.raises(MissingFileError, match="give the output folder of a run"):
        read_run(tmp_path)
