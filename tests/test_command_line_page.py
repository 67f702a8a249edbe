"""docs/command-line.md: every option and key is in its tables, and every test that it names exists."""

import ast
import re
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from openpot.cli.pot_command import app
from openpot.config.compression_section import CompressionSectionConfig
from openpot.config.data_section import DataConfig, MetricConfig
from openpot.config.engine_section import ENGINE_TYPES
from openpot.config.model_section import CascadeMemberConfig, ModelSectionConfig
from openpot.config.run import parse_run
from openpot.job.known_names import collect_known_names

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "command-line.md").read_text()
ROWS = re.findall(r"^\| (?!option|output|file|key|---)(.+?) \| (`.+`) \|$", PAGE, re.MULTILINE)


def named_tests():
    return sorted({test for _, tests in ROWS for test in re.findall(r"`([^`]+)`", tests)})


@pytest.mark.parametrize("test", named_tests())
def test_a_test_that_the_page_names_exists(test):
    path, _, name = test.partition("::")
    tree = ast.parse((ROOT / "tests" / path).read_text())
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert name in functions if name else any(function.startswith("test_") for function in functions)


def words_of_rows():
    return {
        word for row, _ in ROWS for quoted in re.findall(r"`([^`]+)`", row) for word in re.split(r"[.\s\[\]:]+", quoted)
    }


def test_every_option_is_on_the_page():
    options = {name for parameter in get_command(app).params for name in (*parameter.opts, *parameter.secondary_opts)}
    assert {"--config", "-q"} <= options
    assert options <= words_of_rows()


@pytest.mark.parametrize(
    "model",
    [
        ModelSectionConfig,
        CascadeMemberConfig,
        *ENGINE_TYPES.values(),
        DataConfig,
        MetricConfig,
        CompressionSectionConfig,
    ],
    ids=lambda model: model.__name__,
)
def test_every_key_is_on_the_page(model):
    assert set(model.model_fields) - {"data", "metrics"} <= words_of_rows()


def test_the_file_on_the_page_is_valid():
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    run = parse_run(yaml.safe_load(text), collect_known_names())
    assert run.algorithm_names == ("DefaultQuantization",)
