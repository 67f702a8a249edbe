"""``openpot doctor``."""

import json

import numpy as np
from typer.testing import CliRunner

import openvino as ov
from openpot.cli.main import app


def run(*arguments):
    done = CliRunner().invoke(app, ["doctor", *arguments])
    assert done.exit_code == 0, done.stderr
    return done.stdout


def test_versions_and_devices_are_there_as_json():
    facts = json.loads(run("--json"))
    assert facts["numpy"] == np.__version__
    assert facts["openvino"].startswith(ov.__version__.split("-")[0])
    assert [device["name"] for device in facts["devices"]] == list(ov.Core().available_devices)
    assert isinstance(facts["int8_sums_can_saturate"], bool)


def test_text_has_a_line_for_each_fact_and_device():
    lines = run().splitlines()
    starts = {line.split()[0] for line in lines}
    assert {"openpot", "openvino", "numpy", "python", "system", "INT8", "CPU"} <= starts
    (cpu,) = (line for line in lines if line.startswith("CPU "))
    assert "FP32" in cpu
