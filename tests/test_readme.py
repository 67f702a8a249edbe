"""README and design page say what is: paths and commands exist, examples are valid, words are used."""

import ast
import re
from pathlib import Path

import pytest

import openpot
from openpot.cli.main import app

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
DESIGN = (ROOT / "docs" / "design.md").read_text()
SOURCE = ROOT / "src" / "openpot"


def code_blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def mapped_places():
    rows = README.partition("## Map")[2].splitlines()
    return [row.split("`")[1] for row in rows if row.startswith("| `")]


@pytest.mark.parametrize("place", mapped_places())
def test_place_on_the_map_exists(place):
    assert (ROOT / place).exists()


def test_every_folder_with_code_is_on_the_map():
    folders = {
        path.parent.relative_to(ROOT).as_posix() + "/" for path in SOURCE.glob("*/*.py") if path.stem != "__init__"
    }
    assert folders <= set(mapped_places())


def test_python_examples_use_names_that_exist():
    blocks = code_blocks("python")
    assert len(blocks) == 3
    for block in blocks:
        for node in ast.walk(ast.parse(block)):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "openpot":
                assert node.attr in openpot.__all__
            if isinstance(node, ast.ImportFrom):
                historic = __import__(node.module, fromlist=["x"])
                assert all(hasattr(historic, alias.name) for alias in node.names)


def test_commands_exist():
    commands = {command.name for command in app.registered_commands}
    fenced = "\n".join(README.split("```")[1::2])
    named = re.findall(r"^openpot ([a-z-]+)", fenced, re.MULTILINE) + re.findall(r"`openpot ([a-z-]+)", README)
    assert set(named) == commands


def test_make_targets_exist():
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`?make ([a-z-]+)", README)) <= targets


def glossary():
    rows = DESIGN.partition("## Words")[2].splitlines()
    words = [word for row in rows if row.startswith("| ") for word in re.findall(r"`(\w+)`", row.split("|")[1])]
    return sorted(set(words))


@pytest.mark.parametrize("word", glossary())
def test_word_of_the_glossary_is_used_in_the_code(word):
    assert any(re.search(rf"\b{word}\b", path.read_text()) for path in SOURCE.rglob("*.py"))


def test_every_layer_of_the_design_page_exists_or_is_said_to_be_empty():
    for folder in re.findall(r"^\| \d+ \| `([a-z]+)/` \| (.*) \|$", DESIGN, re.MULTILINE):
        name, about = folder
        has_code = any((SOURCE / name).glob("*.py")) or (ROOT / name).is_dir()
        assert has_code or "empty so far" in about, name
