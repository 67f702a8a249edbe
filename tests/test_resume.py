"""Whole runs that are killed: started again with the same call they end with the same bytes."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

import openpot
from toy_models import images, tiny_cnn

SAMPLES = 34
KILLS = 20

# Processes that fork from one that has imported everything cost a fifth of those that start from nothing. What is found
# out about the finished model is no part of its bytes, and left out.
NURSERY = """
import os, sys, warnings
sys.path.insert(0, {tests!r})
warnings.simplefilter("ignore")
from checked_settings import check_one_setting
from openpot.api import quantize as quantization
from openpot.measure.side_by_side import SideBySide
from test_resume import quantize_toy
check_one_setting()
quantization.compare_with_source = lambda *_: SideBySide(None, (), None)
for line in sys.stdin:
    records, output = line.split()
    child = os.fork()
    if child == 0:
        quantize_toy(records).save(output)
        os._exit(0)
    print(child, flush=True)
    print(os.waitpid(child, 0)[1], flush=True)
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


class Nursery:
    """A process that has imported everything and makes runs in children of its own."""

    def __init__(self):
        code = NURSERY.format(tests=str(Path(__file__).parent))
        self._process = subprocess.Popen(
            [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, records, output, seconds=None):
        """Whether a run ended by itself, or was killed after so many seconds."""
        print(records, output, file=self._process.stdin, flush=True)
        child = int(self._process.stdout.readline())
        if seconds is not None:
            time.sleep(seconds)
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        status = int(self._process.stdout.readline())
        assert status in (0, signal.SIGKILL)
        return status == 0

    def close(self):
        self._process.communicate()


def test_killed_at_twenty_random_moments(tmp_path, undisturbed):
    rng, nursery, killed, chain = random.Random(13), Nursery(), 0, 0
    begun = time.monotonic()
    assert nursery.run(tmp_path / "records", tmp_path / "whole")
    duration = time.monotonic() - begun
    while killed < KILLS:  # a run that was killed may be killed again; one that ends makes place for the next
        records, output = tmp_path / f"records{chain}", tmp_path / f"out{chain}"
        if nursery.run(records, output, rng.uniform(0, duration)):
            assert saved_bytes(output) == undisturbed
            chain += 1
        else:
            killed += 1
    assert nursery.run(records, output)
    assert saved_bytes(output) == undisturbed
    nursery.close()
