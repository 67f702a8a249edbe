"""Inferences of a trial graph, here or on workers: the same answers."""

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import numpy as np
import pytest

from openpot.current_run import CurrentRun, running
from openpot.errors import OpenPotWarning
from openpot.inference import shipped_files
from openpot.inference.shipped_samples import KnownSamples
from openpot.measure.output_variation import OutputVariation
from openpot.trial import trial_inferences
from openpot.trial.trial_inferences import TrialInferences
from openpot.trial.trial_task import Question
from openpot.workers import Workers
from toy_models import images, tiny_cnn

QUESTIONS = [
    Question(numbers, [[]] * len(numbers), (0,), (0,), (OutputVariation(1.0),)) for numbers in ([5, 1, 0, 2, 3], [4])
]


MODEL = tiny_cnn()


def known_samples():
    feeds = tuple({0: image[None]} for image in images(6))
    return KnownSamples(feeds, tuple([np.full((1, 5), number, np.float32)] for number in range(6)))


def answer(workers, samples=None):
    with running(CurrentRun(workers=workers)):
        inferences = TrialInferences(MODEL, "CPU", {})
    answers = inferences.answer(QUESTIONS, samples or known_samples())
    return [(given.outputs[0].tobytes(), given.distances) for given in answers]


@pytest.mark.parametrize("count", [1, 4])
def test_workers_answer_as_this_process_does(count):
    with ThreadPoolExecutor(count) as executor:
        assert answer(Workers(executor)) == answer(None)


def test_the_graph_is_compiled_where_it_runs(monkeypatch):
    monkeypatch.setattr(trial_inferences, "compile_model", lambda *_, **__: pytest.fail("compiled here"))
    with ThreadPoolExecutor(1) as executor:
        answer(Workers(executor))


def test_workers_that_are_gone_cost_time_only():
    class Gone(ThreadPoolExecutor):
        def submit(self, *_):
            raise BrokenProcessPool("killed")

    workers = Workers(Gone())
    with pytest.warns(OpenPotWarning, match="cannot be used any more"):
        assert answer(workers) == answer(None)
    assert answer(workers) == answer(None)


def test_what_no_file_holds_is_computed_here():
    class Held(KnownSamples):
        shipped = None

    samples = known_samples()
    with ThreadPoolExecutor(1) as executor:
        assert answer(Workers(executor), Held(samples.feeds, samples.outputs)) == answer(None, samples)


def test_a_full_disk_costs_time_only(monkeypatch):
    def fail(**_):
        raise OSError("no space left on device")

    monkeypatch.setattr(shipped_files.tempfile, "mkdtemp", fail)
    with (
        ThreadPoolExecutor(1) as executor,
        pytest.warns(OpenPotWarning, match=r"no space left.*computed in this process"),
    ):
        assert answer(Workers(executor)) == answer(None)


def test_files_go_with_their_owners(monkeypatch, tmp_path):
    monkeypatch.setattr(shipped_files.tempfile, "tempdir", str(tmp_path))
    with ThreadPoolExecutor(1) as executor:
        answer(Workers(executor))
    assert list(tmp_path.iterdir()) == []
