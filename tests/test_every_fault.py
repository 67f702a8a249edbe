"""Whole runs of which one call fails, the first, the second, and so on to the last: nothing is lost, nothing is wrong.

After each fault the output of before is whole (or the new one is, if it was put in place already), and the same call
goes on from what was recorded and ends with the bytes of a run that nothing disturbed.
"""

import hashlib
import shutil
import tempfile
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import openpot
import openvino as ov
from compressible_models import language_model, token_samples
from fault_injection import FaultInjection, share_compiled_models
from openpot.api import calibrated_model
from openpot.errors import OpenPotError
from openpot.saved_files import verify_saved
from openvino import opset13 as op
from toy_models import normal, run

pytestmark = pytest.mark.filterwarnings("ignore::openpot.errors.OpenPotWarning")

SAMPLES = [np.random.default_rng(number).standard_normal(8).astype(np.float32) for number in range(4)]


@cache
def perceptron(seed=0):
    """x[1,8] -> fc1 -> ReLU -> fc2."""
    rng = np.random.default_rng(seed)
    x = op.parameter([1, 8], np.float32, name="x")
    y = op.matmul(x, op.constant(normal(rng, 8, 16), name="fc1_w"), False, False, name="fc1")
    y = op.matmul(op.relu(y, name="relu"), op.constant(normal(rng, 16, 4), name="fc2_w"), False, False, name="fc2")
    y.output(0).get_tensor().set_names({"y"})
    return ov.Model([op.result(y, name="result")], [x], "perceptron")


def quantize(records, faults):
    del faults
    return openpot.quantize(perceptron(), SAMPLES[:2], max_output_error=0.001, timing=False, run_folder=records)


@cache
def label_samples():
    return [(sample, run(perceptron(), sample[None])[0]) for sample in SAMPLES]


def quantize_within_drop(records, faults):
    """One of two layers has to be reverted to float. The check of the device is a part of the run above."""

    def closeness(outputs, annotation):
        faults.call("metric", RuntimeError("told by the test"))
        return -float(np.abs(outputs[0] - annotation).mean())

    choices = {"metric": closeness, "higher_is_better": True, "max_drop": 0.004}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calibrated_model, "find_device_for", lambda _: None)
        return openpot.quantize(perceptron(), label_samples(), timing=False, run_folder=records, **choices)


language_model = cache(language_model)


def compress(records, faults):
    del faults
    samples = token_samples(3, length=6)
    return openpot.compress_weights(language_model(), samples, weight_format="int4_sym", run_folder=records)


class Rehearsal:
    """Runs of one kind, disturbed and undisturbed.

    Attributes:
        calls: how many calls of each kind an undisturbed run makes.
    """

    def __init__(self, make, folder, faults):
        self._make, self._folder, self._faults = make, folder, faults
        self._old, self._expected = folder / "old", None
        openpot.quantize(perceptron(1), SAMPLES, timing=False).save(self._old)
        with faults.failing("nothing", 1):
            self._expected = self._end(folder / "undisturbed")
        self.calls = dict(faults.calls)
        self._ends = {}

    def disturb(self, kind, n):
        """Let the n-th call of a kind fail, and look at what is left."""
        home = Path(tempfile.mkdtemp(dir=self._folder))
        records, output = home / "records", home / "output"
        shutil.copytree(self._old, output)
        is_ended = False
        with self._faults.failing(kind, n) as is_reached:
            try:
                self._make(records, self._faults).save(output)
                is_ended = True
            except OpenPotError:
                pass
            assert is_reached()
        verify_saved(output)
        assert is_ended or read_model_files(output) in (read_model_files(self._old), self._expected)
        assert {path.name for path in home.iterdir()} <= {"records", "output"}
        assert self._resume(records) == self._expected

    def _resume(self, records):
        """The bytes that the same call ends with: from the same records the same ones."""
        key = digest_files(records)
        if key not in self._ends:
            self._ends[key] = self._end(records)
        return self._ends[key]

    def _end(self, records):
        output = Path(tempfile.mkdtemp(dir=self._folder))
        self._make(records, self._faults).save(output)
        return read_model_files(output)


def read_model_files(folder):
    return [(folder / name).read_bytes() for name in ("model.xml", "model.bin")]


def digest_files(folder):
    paths = sorted(folder.iterdir()) if folder.is_dir() else []
    return hashlib.sha256(repr([(path.name, path.read_bytes()) for path in paths]).encode()).hexdigest()


@pytest.fixture(scope="module")
def rehearsals(tmp_path_factory):
    folder = tmp_path_factory.mktemp("faults")
    with pytest.MonkeyPatch.context() as patch:
        share_compiled_models(patch)
        label_samples()
        faults = FaultInjection(patch, folder)

        @cache
        def rehearse(make):
            (home := folder / make.__name__).mkdir()
            return Rehearsal(make, home, faults)

        yield rehearse


@pytest.mark.parametrize(
    ("make", "kind", "least"),
    [
        (quantize, "write", 7),
        (quantize, "rename", 7),
        (quantize, "fsync", 13),
        (quantize, "inference", 20),
        (quantize_within_drop, "write", 10),
        (quantize_within_drop, "inference", 20),
        (quantize_within_drop, "metric", 15),
        (compress, "write", 7),
        (compress, "rename", 7),
        (compress, "fsync", 13),
        (compress, "inference", 10),
    ],
)
def test_whichever_call_fails_the_old_output_is_whole_and_the_run_can_be_resumed(rehearsals, make, kind, least):
    rehearsal = rehearsals(make)
    assert rehearsal.calls[kind] >= least
    for n in range(1, rehearsal.calls[kind] + 1):
        rehearsal.disturb(kind, n)
