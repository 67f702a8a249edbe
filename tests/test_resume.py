"""Whole runs that are killed: started again with the same call they end with the same bytes."""

import contextlib
import os
import random
import signal
import tempfile
import time
from pathlib import Path

import pytest

import openpot
from forked_processes import ForkedProcesses
from toy_models import images, tiny_cnn

SAMPLES = 34
KILLS = 20

# What is found out about the finished model is no part of its bytes, and left out.
PREAMBLE = """
import warnings
from checked_settings import check_one_setting
from openpot.api import quantize as quantization
from openpot.measure.side_by_side import SideBySide
from test_resume import quantize_toy
warnings.simplefilter("ignore")
check_one_setting()
quantization.compare_with_source = lambda *_: SideBySide(None, (), None)
"""


def quantize_toy(records):
    return openpot.quantize(
        tiny_cnn(),
        images(SAMPLES),
        max_output_error=0.01,
        early_stop=False,
        timing=False,
        run_folder=records,
    )


@pytest.fixture(scope="module")
def undisturbed():
    """The bytes of the model that a run without a run folder makes."""
    return model_bytes(quantize_toy(None))


def model_bytes(result):
    with tempfile.TemporaryDirectory() as folder:
        result.save(folder)
        return saved_bytes(Path(folder))


def saved_bytes(folder):
    return [(folder / name).read_bytes() for name in ("model.xml", "model.bin")]


def run(processes, records, output, seconds=None):
    """Whether a run ended by itself, or was killed after so many seconds."""
    child = processes.start(
        f"from test_resume import quantize_toy; quantize_toy({str(records)!r}).save({str(output)!r})"
    )
    if seconds is not None:
        time.sleep(seconds)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    status = processes.wait()
    assert status in (0, signal.SIGKILL)
    return status == 0


def test_killed_at_twenty_random_moments(tmp_path, undisturbed):
    rng, killed, chain = random.Random(13), 0, 0
    with ForkedProcesses(PREAMBLE) as processes:
        begun = time.monotonic()
        assert run(processes, tmp_path / "records", tmp_path / "whole")
        duration = time.monotonic() - begun
        while killed < KILLS:  # a run that was killed may be killed again; one that ends makes place for the next
            records, output = tmp_path / f"records{chain}", tmp_path / f"out{chain}"
            if run(processes, records, output, rng.uniform(0, duration)):
                assert saved_bytes(output) == undisturbed
                chain += 1
            else:
                killed += 1
        assert run(processes, records, output)
        assert saved_bytes(output) == undisturbed
