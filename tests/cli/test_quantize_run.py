"""What ``openpot quantize`` does once its options are read; whole runs are in ``test_quantize_command.py``."""

import numpy as np
import pytest
from typer.testing import CliRunner

import openvino as ov
from openpot.api.split_data import DEFAULT_SHARE
from openpot.cli.main import app
from openpot.errors import NotWritableError
from toy_models import images, tiny_cnn


@pytest.fixture(autouse=True)
def _place(tmp_path, monkeypatch):
    ov.save_model(tiny_cnn(), tmp_path / "net.xml", compress_to_fp16=False)
    np.savez(tmp_path / "samples.npz", data=np.stack(images(6)))
    monkeypatch.chdir(tmp_path)


def run(*arguments):
    return CliRunner().invoke(app, ["quantize", *arguments], env={"COLUMNS": "5000", "NO_COLOR": "1"})


def test_read_only_folder_is_found_out_before_the_work(monkeypatch):
    def refuse(folder):
        raise NotWritableError(f"cannot write into the folder {str(folder)!r}")

    monkeypatch.setattr("openpot.cli.output_folders.ensure_writable_folder", refuse)
    monkeypatch.setattr("openpot.cli.quantize_run.quantize", lambda *_, **__: pytest.fail("the work was begun"))
    done = run("net.xml", "--data", "samples.npz")
    assert done.exit_code == 6
    assert "cannot write into the folder 'net-int8'" in done.stderr


def test_interrupt_is_exit_code_130(monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("openpot.cli.quantize_run.quantize", interrupted)
    done = run("net.xml", "--data", "samples.npz")
    assert done.exit_code == 130
    assert "interrupted" in done.stderr


def test_the_help_names_the_share_that_is_held_out_by_default():
    assert f"held out for the metric. Default: {DEFAULT_SHARE};" in run("--help").stdout
