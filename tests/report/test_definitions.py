"""One definition of each figure wherever it is told."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from openpot.cli.main import app
from openpot.report.definitions import OUTPUT_ERROR, describe_compared

ROOT = Path(__file__).parent.parent.parent


def test_the_documents_define_the_output_error_in_the_same_words():
    page = " ".join((ROOT / "docs" / "accuracy.md").read_text().split())
    assert OUTPUT_ERROR in page


def test_the_help_defines_it_in_the_same_words():
    done = CliRunner().invoke(app, ["quantize", "--help"], env={"COLUMNS": "5000", "NO_COLOR": "1"})
    assert OUTPUT_ERROR in " ".join(done.stdout.replace("│", " ").split())


@pytest.mark.parametrize(
    ("held_out", "words"),
    [
        (None, "on 9 samples"),
        (0, "on 9 samples, all of which the result was made with"),
        (4, "on 9 samples, 4 of which nothing was computed from"),
        (9, "on 9 samples that nothing was computed from"),
    ],
)
def test_the_samples_that_were_compared_are_described(held_out, words):
    assert describe_compared(9, held_out) == f"at the outputs themselves, {words}"
