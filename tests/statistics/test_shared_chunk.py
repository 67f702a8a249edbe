"""Chunks of a pass that workers observe."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from openpot.current_run import CurrentRun, running
from openpot.data.sampler import BatchSampler
from openpot.data.shared_samples import PickedSamples
from openpot.errors import DataError, OpenPotWarning
from openpot.graph.tensor_id import TensorId
from openpot.inference import shipped_model
from openpot.inference.settings import EngineSettings
from openpot.journal import Journal
from openpot.numerics.reducers import Reducer, ReducerKind
from openpot.progress import SilentProgress
from openpot.statistics.recorded_pass import CHUNK, RecordedPass
from openpot.statistics.shared_chunk import ChunkTask, list_tasks
from openpot.workers import Workers
from toy_engines import ListLoader
from toy_models import images, tiny_cnn

REQUESTS = [
    (TensorId("relu1"), Reducer(ReducerKind.MEAN, 1)),
    (TensorId("relu2"), Reducer(ReducerKind.QUANTILE, None, 0.9)),
]
COUNT = 2 * CHUNK + 5


class UnreadableLoader(ListLoader):
    def __getitem__(self, index):
        raise AssertionError("asked for a sample")


def observe(loader, workers, folder=None, is_enough=None):
    """The bytes of the answers of a pass, and how many samples it took in."""
    rows = []
    consume = lambda position, packed, loose: rows.append((packed.tobytes(), [v.tobytes() for v in loose.values()]))  # noqa: E731
    with running(CurrentRun(Journal(folder), workers=workers)):
        one_pass = RecordedPass(tiny_cnn(), REQUESTS, BatchSampler(loader), EngineSettings("CPU"), consume, is_enough)
        return rows, one_pass.run(SilentProgress())


@pytest.fixture(scope="module")
def alone():
    return observe(ListLoader(images(COUNT)), None)


@pytest.mark.parametrize("count", [1, 2, 4])
def test_workers_give_the_same_bytes_as_one_process(alone, count):
    with ThreadPoolExecutor(count) as executor:
        assert observe(ListLoader(images(COUNT)), Workers(executor)) == alone


def test_what_workers_observed_is_recorded(alone, tmp_path):
    with ThreadPoolExecutor(2) as executor:
        observe(ListLoader(images(COUNT)), Workers(executor), tmp_path)
    assert observe(UnreadableLoader(images(COUNT)), None, tmp_path) == alone


def test_a_pass_that_has_enough_ends_in_the_same_place(alone):
    with ThreadPoolExecutor(2) as executor:
        rows, count = observe(ListLoader(images(COUNT)), Workers(executor), is_enough=lambda count: count >= CHUNK)
    assert (rows, count) == (alone[0][:CHUNK], CHUNK)


def test_a_sample_that_cannot_be_used_is_named():
    samples = list(images(COUNT))
    samples[3] = samples[3][:1]
    with ThreadPoolExecutor(2) as executor, pytest.raises(DataError, match="sample 3"):
        observe(ListLoader(samples), Workers(executor))


def test_what_is_wrong_with_all_samples_together_is_noticed():
    same = [images(1)[0]] * COUNT
    with ThreadPoolExecutor(2) as executor, pytest.warns(OpenPotWarning, match=f"{COUNT} samples that are all equal"):
        observe(ListLoader(same), Workers(executor))


def test_samples_in_memory_go_along_with_their_task():
    task = ChunkTask(
        None, (), EngineSettings("CPU"), ListLoader([sample.repeat(40) for sample in images(20)] * 20), (), 1
    )
    sent = list(list_tasks(task, [(0, 1), (2,)]))
    assert [part.samples for part in sent] == [(0, 1), (2,)]
    assert all(isinstance(part.loader, PickedSamples) for part in sent)


def test_a_full_disk_costs_time_only(alone, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(shipped_model.ov, "save_model", fail)
    with ThreadPoolExecutor(1) as executor, pytest.warns(OpenPotWarning, match="disk is full.*in this process"):
        assert observe(ListLoader(images(COUNT)), Workers(executor)) == alone
