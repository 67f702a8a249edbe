"""Runs with a real dask scheduler and worker processes: the same bytes, whatever happens to the workers."""

import os
import signal
import tempfile
import threading
import time
import warnings
from pathlib import Path

import numpy as np
import pytest

import openpot
from metric_engines import Agreement
from openpot.data.loader import DataLoader
from openpot.errors import OpenPotWarning
from real_networks import outputs
from toy_models import images, tiny_cnn

distributed = pytest.importorskip("distributed")


class SlowSamples(DataLoader):
    """Loads as a decoder of images does: it takes a while, and holds nothing in memory."""

    def __init__(self, count, seconds=0.0):
        super().__init__()
        self._count, self._seconds = count, seconds

    def __len__(self):
        return self._count

    def __getitem__(self, index):
        time.sleep(self._seconds)
        return np.random.default_rng(index).random((3, 16, 16), np.float32)


@pytest.fixture(scope="module")
def cluster():
    """A scheduler on the loopback and two worker processes, which take seconds to start; the last test ends them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
        ) as workers:
            yield workers


def by_outputs(executor=None, seconds=0.0):
    return openpot.quantize(
        tiny_cnn(), SlowSamples(40, seconds), max_output_error=0.01, early_stop=False, timing=False, executor=executor
    )


def by_metric(executor=None):
    model, samples = tiny_cnn(), images(20)
    labelled = list(zip(samples, outputs(model, samples), strict=True))
    return openpot.quantize(model, labelled, metric=Agreement(), max_drop=2.0, timing=False, executor=executor)


def model_bytes(result):
    with tempfile.TemporaryDirectory() as folder:
        result.save(folder)
        return [(Path(folder) / name).read_bytes() for name in ("model.xml", "model.bin")]


def test_calibration_trial_metric_and_ranking_give_the_bytes_of_one_process(cluster):
    expected = [model_bytes(by_outputs()), model_bytes(alone := by_metric())]
    with distributed.Client(cluster, set_as_default=False) as client:
        executor = client.get_executor()
        shared = by_metric(executor)
        assert [model_bytes(by_outputs(executor)), model_bytes(shared)] == expected
        assert shared.metric_after == alone.metric_after
        assert client.run(lambda: __import__("openpot.inference.shipped_model", fromlist=["_"])._kept.__len__())


def test_a_worker_that_is_killed_and_a_scheduler_that_dies_cost_time_only(cluster):
    expected = model_bytes(by_outputs())
    with distributed.Client(cluster, set_as_default=False) as client:
        executor = client.get_executor()
        victim = next(iter(client.run(os.getpid).values()))
        threading.Timer(0.3, os.kill, (victim, signal.SIGKILL)).start()
        assert model_bytes(by_outputs(executor, seconds=0.02)) == expected
        cluster.close()
        with pytest.warns(OpenPotWarning, match="computed in this process"):
            assert model_bytes(by_outputs(executor)) == expected
