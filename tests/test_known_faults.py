"""Whole runs: a result that the device computes wrongly is mended, or its status says that it is not to be used."""

import itertools

import numpy as np
import pytest
from typer.testing import CliRunner

import openpot
import openvino as ov
from openpot.cli.exit_codes import NOT_TO_BE_USED
from openpot.cli.main import app
from openpot.measure.performance_hints import FarOutputs, SettingsCheck
from openpot.report.records import Status
from openvino import opset13 as op

pytestmark = pytest.mark.usefixtures("compiled_anew", "every_setting")

HINTS = ("LATENCY", "THROUGHPUT")


def perceptron(sizes, rows=1):
    """A multi-layer perceptron: for some of these OpenVINO 2026.4 computes zeros in streams of one thread."""
    rng = np.random.default_rng(0)
    x = op.parameter([rows, sizes[0]], np.float32, name="x")
    y = x
    for number, (before, after) in enumerate(itertools.pairwise(sizes)):
        weights = (rng.standard_normal((before, after)) / np.sqrt(before)).astype(np.float32)
        y = op.matmul(op.relu(y) if number else y, op.constant(weights), False, False, name=f"fc{number}")
    y.output(0).get_tensor().set_names({"y"})
    return ov.Model([op.result(y)], [x], "mlp")


def samples(width, rows=1, count=30):
    return [np.random.default_rng(n).standard_normal((rows, width)).astype(np.float32) for n in range(count)]


def error_with(hint, original, quantized, data):
    compiled = [ov.Core().compile_model(one, "CPU", {"PERFORMANCE_HINT": hint}) for one in (original, quantized)]
    expected, found = (np.stack([one([sample])[0] for sample in data]) for one in compiled)
    return float(np.sqrt(np.square(expected - found).mean()) / expected.std())


@pytest.mark.parametrize(
    ("sizes", "rows"), [((8, 32, 64, 3), 1), ((16, 48, 8), 1), ((64, 64, 64, 64), 1), ((32, 64, 16), 4)], ids=str
)
def test_a_result_that_is_done_is_right_with_every_hint(sizes, rows):
    model, data = perceptron(sizes, rows), samples(sizes[0], rows)
    result = openpot.quantize(model, data)
    right = all(error_with(hint, model, result.model, data) < 0.3 for hint in HINTS)
    assert right is result.status.is_success


def test_a_fault_that_stays_is_the_status_and_the_exit_code(monkeypatch, tmp_path):
    far = (FarOutputs("THROUGHPUT", 1.1, 0.02),)
    monkeypatch.setattr(SettingsCheck, "find_far", lambda self, model, settings=(): far)
    ov.save_model(perceptron((16, 48, 8)), tmp_path / "m.xml")
    np.savez(tmp_path / "x.npz", x=np.concatenate(samples(16)))
    result = openpot.quantize(tmp_path / "m.xml", tmp_path / "x.npz")
    assert result.status is Status.NOT_TO_BE_USED
    assert not result.status.is_success
    assert "NOT TO BE USED" in str(result)
    command = ["quantize", str(tmp_path / "m.xml"), "--data", str(tmp_path / "x.npz"), "--output", str(tmp_path / "o")]
    assert CliRunner().invoke(app, command).exit_code == NOT_TO_BE_USED
