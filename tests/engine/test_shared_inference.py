"""Inferences of engines on workers."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from metric_engines import Agreement, engine_with
from openpot.current_run import CurrentRun, running
from openpot.data.sampler import BatchSampler
from openpot.engine.openvino_engine import IEEngine
from openpot.errors import DataError, OpenPotWarning
from openpot.graph.model import CompressedModel
from openpot.inference import shipped_model
from openpot.workers import Workers
from stream_models import stream_model, streams
from toy_engines import ListLoader
from toy_models import worked_example


class Seen(Agreement):
    """Keeps every output."""

    def reset(self):
        self.outputs = []
        super().reset()

    def update(self, output, target):
        self.outputs.append([np.array(array) for array in output])
        Seen.last = self.outputs
        super().update(output, target)


def predict(engine, workers, **options):
    """The metrics, and the bytes of everything that the metric saw."""
    engine.set_model(CompressedModel(graph=worked_example()))
    with running(CurrentRun(workers=workers)):
        metrics, _ = engine.predict(**options)
    return metrics, [array.tobytes() for outputs in Seen.last for array in outputs]


@pytest.mark.parametrize("options", [{}, {"metric_per_sample": True}], ids=["overall", "per sample"])
def test_metrics_are_those_of_one_process(options):
    engine = engine_with(Seen(), count=20)
    alone = predict(engine, None, **options)
    with ThreadPoolExecutor(2) as executor:
        assert predict(engine, Workers(executor), **options) == alone


def test_engines_that_override_how_samples_are_inferred_do_it_themselves():
    class Own(IEEngine):
        asked = 0

        def _fill_input(self, model, image_batch):
            Own.asked += 1
            return super()._fill_input(model, image_batch)

    engine = engine_with(Seen(), count=4, kind=Own)
    with ThreadPoolExecutor(2) as executor:
        predict(engine, Workers(executor))
    assert Own.asked == 4


def test_a_sample_that_cannot_be_used_is_named():
    engine = engine_with(Seen(), count=4)
    engine.data_loader.samples[2] = (np.zeros((2, 2)), 0)
    with ThreadPoolExecutor(2) as executor, pytest.raises(DataError, match="sample 2"):
        predict(engine, Workers(executor))


def test_sequences_of_steps_come_back_whole():
    model, samples = stream_model(), streams(3)
    engine = IEEngine({"device": "CPU"}, ListLoader([(sample, 0.0) for sample in samples]), Seen())
    seen = []
    with ThreadPoolExecutor(2) as executor:
        for workers in (None, Workers(executor)):
            engine.set_model(CompressedModel(graph=model))
            with running(CurrentRun(workers=workers)):
                engine.predict(sampler=BatchSampler(engine.data_loader))
            seen.append([np.asarray(array).tobytes() for outputs in Seen.last for array in outputs])
    assert seen[0] == seen[1]


def test_a_full_disk_costs_time_only(monkeypatch):
    engine = engine_with(Seen(), count=4)
    alone = predict(engine, None)
    monkeypatch.setattr(shipped_model.ov, "save_model", fail_as_a_full_disk)
    with ThreadPoolExecutor(1) as executor, pytest.warns(OpenPotWarning, match="disk is full.*in this process"):
        assert predict(engine, Workers(executor)) == alone


def fail_as_a_full_disk(*_, **__):
    raise RuntimeError("the disk is full")
