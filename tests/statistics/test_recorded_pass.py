"""A pass that is recorded chunk by chunk: killed anywhere, it goes on, and ends with the same bytes."""

import numpy as np
import pytest

from openpot.current_run import CurrentRun, running
from openpot.data.sampler import BatchSampler
from openpot.errors import EngineError, OpenPotWarning
from openpot.graph.tensor_id import TensorId
from openpot.inference.settings import EngineSettings
from openpot.journal import Journal
from openpot.numerics.reducers import Reducer, ReducerKind
from openpot.progress import SilentProgress
from openpot.statistics.recorded_pass import CHUNK, RecordedPass
from toy_engines import ListLoader
from toy_models import images, tiny_cnn

REQUESTS = [
    (TensorId("relu1"), Reducer(ReducerKind.MEAN, 1)),
    (TensorId("relu2"), Reducer(ReducerKind.MAX)),
    (TensorId("relu2"), Reducer(ReducerKind.QUANTILE, None, 0.9)),
]
COUNT = 2 * CHUNK + 5


class Killed(BaseException):
    pass


class CountingLoader(ListLoader):
    """Counts what is read, and ends the process at a sample."""

    def __init__(self, samples, dies_at=None):
        super().__init__(samples)
        self.read, self.dies_at = [], dies_at

    def __getitem__(self, index):
        if index == self.dies_at:
            raise Killed
        self.read.append(index)
        return super().__getitem__(index)


def observe(folder, loader, is_enough=None, batch_size=1, order=None):
    """The answers of a pass, and how many samples it took in."""
    rows = []

    def consume(position, packed, loose):
        assert position == len(rows)
        rows.append(np.concatenate([packed, *(np.ravel(value) for value in loose.values())]))

    sampler = BatchSampler(loader, batch_size, order)
    with running(CurrentRun(Journal(folder))):
        settings = EngineSettings("CPU", stat_requests_number=1)
        count = RecordedPass(tiny_cnn(batch=batch_size), REQUESTS, sampler, settings, consume, is_enough).run(
            SilentProgress()
        )
    return np.stack(rows).tobytes(), count


@pytest.fixture(scope="module")
def whole():
    return observe(None, ListLoader(images(COUNT)))


@pytest.mark.parametrize("dies_at", [0, CHUNK - 1, CHUNK, 2 * CHUNK + 1, COUNT - 1])
def test_a_pass_goes_on_after_the_last_whole_chunk(tmp_path, whole, dies_at):
    with pytest.raises(Killed):
        observe(tmp_path, CountingLoader(images(COUNT), dies_at))
    loader = CountingLoader(images(COUNT))
    assert observe(tmp_path, loader) == whole
    assert loader.read == list(range(dies_at // CHUNK * CHUNK, COUNT))


@pytest.mark.parametrize("n", [1, 2, CHUNK, CHUNK + 1, COUNT])
def test_whichever_inference_fails_the_pass_can_go_on(tmp_path, whole, monkeypatch, n):
    from openpot.inference import infer_queue

    start, started = infer_queue._start, []

    def fail(feed, request):
        started.append(feed)
        if len(started) == n:
            raise EngineError("the device is gone")
        start(feed, request)

    with monkeypatch.context() as patch:
        patch.setattr(infer_queue, "_start", fail)
        with pytest.raises(EngineError, match="gone"):
            observe(tmp_path, ListLoader(images(COUNT)))
    assert observe(tmp_path, ListLoader(images(COUNT))) == whole


def test_a_pass_that_is_recorded_reads_nothing(tmp_path, whole):
    observe(tmp_path, ListLoader(images(COUNT)))
    loader = CountingLoader(images(COUNT))
    assert observe(tmp_path, loader) == whole
    assert loader.read == []


def test_other_samples_are_another_pass(tmp_path):
    observe(tmp_path, ListLoader(images(COUNT)), order=range(COUNT))
    loader = CountingLoader(images(COUNT))
    observe(tmp_path, loader, order=[*range(1, COUNT), 0])
    assert len(loader.read) == COUNT


@pytest.mark.parametrize("enough_at", [5, CHUNK, 2 * CHUNK])
def test_a_pass_that_has_enough_ends_the_same_way_again(tmp_path, enough_at):
    is_enough = lambda count: count >= enough_at  # noqa: E731
    first = observe(tmp_path, ListLoader(images(COUNT)), is_enough)
    assert first[1] == enough_at
    loader = CountingLoader(images(COUNT))
    assert observe(tmp_path, loader, is_enough) == first
    assert loader.read == []


def test_models_that_take_several_samples_at_a_time_are_cut_between_inferences(tmp_path):
    expected = observe(None, ListLoader(images(3 * CHUNK)), batch_size=2)
    assert expected[1] == 3 * CHUNK / 2
    with pytest.raises(Killed):
        observe(tmp_path, CountingLoader(images(3 * CHUNK), dies_at=2 * CHUNK + 3), batch_size=2)
    loader = CountingLoader(images(3 * CHUNK))
    assert observe(tmp_path, loader, batch_size=2) == expected
    assert loader.read == [0, *range(2 * CHUNK, 3 * CHUNK)]  # the first one tells that it is a single sample


def test_what_is_wrong_with_all_samples_together_is_noticed_after_a_resume(tmp_path):
    same = [images(1)[0]] * (CHUNK + 1)
    with pytest.raises(Killed):
        observe(tmp_path, CountingLoader(same, dies_at=CHUNK))
    with pytest.warns(OpenPotWarning, match=f"{CHUNK + 1} samples that are all equal"):
        observe(tmp_path, ListLoader(same))
