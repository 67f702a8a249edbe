"""The names of ``import openpot``."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import openpot

SOURCE = Path(openpot.__file__)

DOCUMENTED = [
    "BatchSampler",
    "CompressedModel",
    "DataLoader",
    "Engine",
    "IEEngine",
    "Metric",
    "Pipeline",
    "QuantizationResult",
    "Sampler",
    "compress_model_weights",
    "create_pipeline",
    "load_model",
    "quantize",
    "save_model",
]


@pytest.mark.parametrize("name", DOCUMENTED)
def test_documented_name_is_there(name):
    assert name in openpot.__all__


def test_every_listed_name_exists_once_and_in_order():
    assert sorted(set(openpot.__all__)) == openpot.__all__
    assert all(hasattr(openpot, name) for name in openpot.__all__)
    assert set(openpot.__all__) <= set(dir(openpot))


def test_every_error_that_a_caller_may_want_to_catch_is_there():
    errors = {name for name, value in vars(openpot.errors).items() if isinstance(value, type)}
    public = {name for name in errors if name.endswith(("Error", "Warning"))}
    assert public <= set(openpot.__all__), sorted(public - set(openpot.__all__))


def read_both_branches():
    """The bodies for type checkers and for the interpreter."""
    (branch,) = (node for node in ast.parse(SOURCE.read_text()).body if isinstance(node, ast.If))
    return branch.body, branch.orelse


def test_the_package_file_holds_names_and_no_logic():
    assert {type(node).__name__ for node in ast.parse(SOURCE.read_text()).body} == {"Expr", "ImportFrom", "If"}
    static, (table,) = read_both_branches()
    assert {type(node) for node in static} == {ast.ImportFrom}
    assert isinstance(table, ast.Assign)


def test_type_checkers_see_the_names_that_are_imported_when_used():
    static, (table,) = read_both_branches()
    seen = {alias.name: node.module for node in static for alias in node.names if alias.asname == alias.name}
    rows = ast.literal_eval(table.value.args[1])
    assert seen == {name: module for module, names in rows.items() for name in names.split()}
    assert len(seen) == len(openpot.__all__)


def test_no_name_is_that_of_a_module():
    """Python makes an imported module an attribute of its package, which would take the place of the name."""
    modules = {path.stem for path in SOURCE.parent.iterdir()}
    assert modules.isdisjoint(openpot.__all__)


def test_every_name_is_itself_whatever_was_imported_before():
    code = (
        "import importlib, pkgutil, types, openpot.api, openpot\n"
        "for module in pkgutil.iter_modules(openpot.api.__path__):\n"
        "    importlib.import_module('openpot.api.' + module.name)\n"
        "from openpot import *\n"
        "assert not [name for name in openpot.__all__ if isinstance(globals()[name], types.ModuleType)]\n"
        "assert not [name for name in openpot.__all__ if globals()[name] is not getattr(openpot, name)]\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
