"""One definition of each figure wherever it is told."""

from pathlib import Path

from typer.testing import CliRunner

from openpot.cli.main import app
from openpot.report.definitions import OUTPUT_ERROR

ROOT = Path(__file__).parent.parent.parent


def test_the_documents_define_the_output_error_in_the_same_words():
    page = " ".join((ROOT / "docs" / "accuracy.md").read_text().split())
    assert OUTPUT_ERROR in page


def test_the_help_defines_it_in_the_same_words():
    done = CliRunner().invoke(app, ["quantize", "--help"], env={"COLUMNS": "5000", "NO_COLOR": "1"})
    assert OUTPUT_ERROR in " ".join(done.stdout.replace("│", " ").split())
