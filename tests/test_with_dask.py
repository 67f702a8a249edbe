"""Runs with a real dask scheduler and worker processes: the same bytes, whatever happens to the workers."""

import os
import signal
import tempfile
import time
import warnings
from collections import Counter
from concurrent.futures import Executor
from functools import cache
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


class Watched(Executor):
    """Passes tasks on, counts them by their kind, and acts before the second one of a kind is handed out."""

    def __init__(self, executor, acts_on="", act=None):
        self._executor, self._acts_on, self._act, self.kinds = executor, acts_on, act, Counter()

    def submit(self, compute, task):
        kind = compute.__name__
        self.kinds[kind] += 1
        if kind == self._acts_on and self.kinds[kind] == 2:
            self._act()
        return self._executor.submit(compute, task)


@pytest.fixture(scope="module")
def cluster():
    """A scheduler on the loopback and a worker process, which takes seconds to start; the last test ends them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
        ) as workers:
            yield workers


def by_outputs(executor=None, seconds=0.0):
    """Ranges, bias shifts, and a repair: the budget is smaller than what INT8 reaches."""
    result = openpot.quantize(
        tiny_cnn(), SlowSamples(40, seconds), max_output_error=0.01, early_stop=False, timing=False, executor=executor
    )
    assert result.evidence.repair is not None
    return files_of(result)


def by_metric(executor=None):
    """Metrics, and units in float by their ranking: the drop is larger than what is allowed."""
    model, samples = tiny_cnn(), images(16)
    labelled = list(zip(samples, outputs(model, samples), strict=True))
    choices = {"metric": Agreement(), "max_drop": 1.0, "validation_share": 0, "timing": False}
    result = openpot.quantize(model, labelled, **choices, executor=executor)
    assert result.drop.in_float
    return files_of(result)


@cache
def files_of_one_process():
    return by_outputs(), by_metric()


def files_of(result):
    with tempfile.TemporaryDirectory() as folder:
        result.save(folder)
        return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


@pytest.mark.parametrize("count", [1, 2, 4])
def test_calibration_trial_metric_and_ranking_give_the_files_of_one_process(cluster, count):
    cluster.scale(count)
    with distributed.Client(cluster, set_as_default=False) as client:
        client.wait_for_workers(count)
        executor = Watched(client.get_executor())
        assert (by_outputs(executor), by_metric(executor)) == files_of_one_process()
        assert executor.kinds.keys() == {"observe_chunk", "answer_task", "infer_samples"}
        kept = client.run(lambda: len(__import__("openpot.inference.shipped_samples", fromlist=["_"])._kept))
        assert len(kept) == count
        assert any(kept.values())


@pytest.mark.parametrize("kind", ["observe_chunk", "answer_task"])
def test_a_worker_that_is_killed_half_way_and_one_that_joins_late_change_nothing(cluster, kind):
    with distributed.Client(cluster, set_as_default=False) as client:
        victim = next(iter(client.run(os.getpid).values()))
        executor = Watched(client.get_executor(), kind, lambda: os.kill(victim, signal.SIGKILL))
        assert by_outputs(executor) == files_of_one_process()[0]  # its nanny starts another one, which joins


def test_a_scheduler_that_dies_costs_time_only_and_is_reported(cluster):
    with distributed.Client(cluster, set_as_default=False) as client:
        executor = Watched(client.get_executor(), "answer_task", cluster.close)
        with pytest.warns(OpenPotWarning, match="computed in this process"):
            files = by_outputs(executor)
    alone, _ = files_of_one_process()
    assert [files["model.xml"], files["model.bin"]] == [alone["model.xml"], alone["model.bin"]]
    assert b"computed in this process" in files["run.json"]
