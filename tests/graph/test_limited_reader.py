"""The process that reads models of unknown origin, run here without its limits."""

import json
import warnings

import pytest

import openvino as ov
from openpot.errors import OpenPotWarning
from openpot.graph import limited_reader
from openpot.graph.limited_reader import main
from toy_models import tiny_cnn


@pytest.fixture
def read(tmp_path, monkeypatch):
    """Reads a model; gives the answer of the process."""
    order = []
    monkeypatch.setattr(limited_reader, "leave_network", lambda: order.append("network"))
    monkeypatch.setattr(limited_reader, "limit_process", lambda *limits: order.append(limits))

    def read(path):
        request = {"model": str(path), "weights": None, "folder": str(tmp_path)}
        main(json.dumps({**request, "memory": 1, "seconds": 2, "file_size": 3}))
        assert order == ["network", (1, 2, 3)]
        return json.loads((tmp_path / "answer.json").read_text())

    return read


def test_a_model_is_handed_over(tmp_path, read):
    ov.save_model(tiny_cnn(), tmp_path / "net.xml")
    assert read(tmp_path / "net.xml") == {"warnings": []}
    assert ov.Core().read_model(tmp_path / "model.xml").get_friendly_name() == "tiny"


def test_what_is_wrong_with_a_file_is_the_answer(tmp_path, read):
    (tmp_path / "net.onnx").write_bytes(b"no model")
    answer = read(tmp_path / "net.onnx")
    assert answer["error"] == "ModelError"
    assert "net.onnx" in answer["text"]


@pytest.mark.parametrize(
    ("problem", "kind"),
    [
        (MemoryError("std::bad_alloc"), "OutOfMemoryError"),
        (RuntimeError("std::bad_alloc"), "OutOfMemoryError"),
        (ValueError("of the reader"), "ModelError"),
    ],
)
def test_other_problems_are_an_answer_too(tmp_path, monkeypatch, read, problem, kind):
    def fail(*_):
        warnings.warn("odd", OpenPotWarning, stacklevel=1)
        raise problem

    monkeypatch.setattr(limited_reader, "read_model", fail)
    answer = read(tmp_path)
    assert (answer["error"], answer["warnings"]) == (kind, ["odd"])
    assert str(problem) in answer["text"]
