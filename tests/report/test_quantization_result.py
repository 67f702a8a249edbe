"""The answer of quantize."""

import json
import sys
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from openpot.graph.read import read_model
from openpot.graph.same_model import find_first_difference
from openpot.report.as_text import render_record
from toy_models import tiny_cnn

sys.path.insert(0, str(Path(__file__).parent))

from result_examples import example_result


def test_result_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        example_result().size_after = 0


def test_printing_shows_the_text_report():
    assert str(example_result()) == render_record(example_result())


def test_save_writes_the_model_and_the_whole_record(tmp_path):
    result = example_result(model=read_model(tiny_cnn()))
    path = result.save(tmp_path / "out")
    assert find_first_difference(result.model, read_model(path)) is None
    record = json.loads((tmp_path / "out" / "run.json").read_text())
    assert record.pop("files").keys() == {"model.xml", "model.bin"}
    assert record == result.to_dict()


def test_the_repr_is_short():
    shown = repr(example_result())
    assert shown == "QuantizationResult('net.onnx', status='done', size='4.00 MB -> 1.00 MB')"


def test_a_result_is_tables_too():
    verdict, layers = example_result().list_tables()
    assert verdict.title == "Quantized"
    assert [row[0] for row in layers.rows] == ["conv", "head"]
    assert example_result().main_table == layers
