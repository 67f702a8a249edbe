"""The names of ``import openpot``."""

import ast
from pathlib import Path

import pytest

import openpot

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
    assert len(set(openpot.__all__)) == len(openpot.__all__)
    assert all(hasattr(openpot, name) for name in openpot.__all__)


def test_every_error_that_a_caller_may_want_to_catch_is_there():
    errors = {name for name, value in vars(openpot.errors).items() if isinstance(value, type)}
    public = {name for name in errors if name.endswith(("Error", "Warning"))}
    assert public <= set(openpot.__all__), sorted(public - set(openpot.__all__))


def test_the_package_file_holds_names_and_no_logic():
    tree = ast.parse(Path(openpot.__file__).read_text())
    assert {type(node).__name__ for node in tree.body} == {"Expr", "ImportFrom", "Assign"}
