"""The migration page: every row is there, every test it names exists, every name of openpot on it is real."""

import ast
import importlib
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "migration.md").read_text()
REFERENCES = sorted(set(re.findall(r"`([\w/]+\.py)::(test_\w+)`", PAGE)))
NAMES = sorted(set(re.findall(r"`(openpot(?:\.\w+)+)`", PAGE)))


@cache
def names_in(path):
    return {node.name for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize(("file", "name"), REFERENCES, ids=[f"{file}::{name}" for file, name in REFERENCES])
def test_named_test_exists(file, name):
    assert name in names_in(ROOT / "tests" / file)


@pytest.mark.parametrize("dotted", NAMES)
def test_named_object_exists(dotted):
    module, _, name = dotted.rpartition(".")
    assert hasattr(importlib.import_module(module), name)


@pytest.mark.parametrize(
    ("title", "count"),
    [("What POT scripts rely on", 15), ("What was wrong with POT 2023.3", 30)],
    ids=["behaviours", "defects"],
)
def test_no_row_is_missing_or_empty(title, count):
    section = PAGE.split(f"## {title}\n")[1].split("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if re.match(r"\| \d+ \|", line)]
    assert [int(row[0]) for row in rows] == list(range(1, count + 1))
    assert all(cell.strip() for row in rows for cell in row)
    for row in rows:
        state = row[-1]
        assert "::" in state or "not yet" in state, f"row {row[0]}: neither a test nor a word that it is missing"
