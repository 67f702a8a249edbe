"""Subclasses written for POT: every method they override is called, sample by sample, with what it was always given."""

import tempfile
import threading

import numpy as np
import pytest

from openpot.data.sampler import BatchSampler
from openpot.engine.openvino_engine import IEEngine
from openpot.errors import DataError, EngineError
from openpot.graph.model import CompressedModel
from openpot.inference.compile import compile_model
from openpot.numerics.reducers import Reducer, ReducerKind
from toy_engines import LabelMetric, ListLoader, labelled_images
from toy_models import images, tiny_cnn

MAX = Reducer(ReducerKind.MAX)


def engine_of(cls, loader=None, metric=None, **config):
    engine = cls({"device": "CPU", **config}, loader or labelled_images(), metric)
    engine.set_model(CompressedModel(graph=tiny_cnn()))
    return engine


class Noting(IEEngine):
    """Notes the calls of every hook, in order, and which thread made them."""

    def note(self, name, *values):
        self.notes = [*getattr(self, "notes", []), (name, *values)]
        self.threads = {*getattr(self, "threads", set()), threading.current_thread()}

    def _process_batch(self, batch):
        self.note("_process_batch", len(batch))
        return super()._process_batch(batch)

    def _fill_input(self, model, image_batch):
        self.note("_fill_input", len(image_batch))
        return super()._fill_input(model, image_batch)

    def _process_infer_output(self, stats_layout, predictions, batch_annotations, batch_meta, need_metrics_per_sample):
        self.note("_process_infer_output", batch_annotations, batch_meta)
        super()._process_infer_output(stats_layout, predictions, batch_annotations, batch_meta, need_metrics_per_sample)

    def _update_metrics(self, output, annotations, need_metrics_per_sample=False):
        self.note("_update_metrics", annotations)
        super()._update_metrics(output, annotations, need_metrics_per_sample)


def test_samples_run_one_by_one_through_overridden_methods_on_the_calling_thread():
    engine = engine_of(Noting, labelled_images(2), LabelMetric())
    assert engine.predict()[0] == {"label": 0.5}
    one_sample = ["_process_batch", "_fill_input", "_process_infer_output", "_update_metrics"]
    assert [note[0] for note in engine.notes] == one_sample * 2
    assert engine.threads == {threading.current_thread()}


def test_the_default_batch_hook_numbers_new_samples_by_position_and_old_ones_by_their_own():
    data = np.zeros((3, 16, 16), np.float32)
    assert IEEngine._process_batch([(data, "a"), (data, "b", {"k": 1})])[0] == [(0, "a"), (1, "b")]
    annotations, datas, metadata = IEEngine._process_batch([((7, "a"), data)])
    assert (annotations, metadata) == ([(7, "a")], [{}])
    assert datas[0] is data


def test_the_default_input_hook_feeds_by_name_for_models_and_compiled_models():
    engine, image = IEEngine({}), images(1)[0]
    for model in (tiny_cnn(), compile_model(tiny_cnn(), "CPU")):
        for batch in ([image], image[None], [image[None]], [{"data": image}]):
            filled = engine._fill_input(model, batch)
            assert list(filled) == ["data"]
            np.testing.assert_array_equal(filled["data"], image[None])


def test_the_default_input_hook_refuses_what_does_not_fit():
    with pytest.raises(DataError, match="transpose"):
        IEEngine({})._fill_input(tiny_cnn(), [np.zeros((16, 16, 3), np.float32)])


@pytest.mark.parametrize("static", [True, False], ids=["static", "bound"])
def test_post_processing_gets_outputs_by_name_and_metadata(static):
    seen = []

    def postprocess(outputs, metadata):
        seen.append((outputs, metadata))
        return [outputs["logits"] * 0]

    if static:

        class Engine(IEEngine):
            postprocess_output = staticmethod(postprocess)

    else:

        class Engine(IEEngine):
            def postprocess_output(self, outputs, metadata):
                return postprocess(outputs, metadata)

    class Keeping(LabelMetric):
        def update(self, output, target):
            super().update(output, target)
            self.largest = float(np.abs(output[0]).max())

    metric = Keeping()
    loader = ListLoader([(image, number, {"scale": number}) for number, image in enumerate(images(3))])
    assert engine_of(Engine, loader, metric).predict()[0] == {"label": 1.0}
    assert [metadata for _, metadata in seen] == [[{"scale": number}] for number in range(3)]
    assert list(seen[0][0]) == ["result"]
    assert metric.largest == 0


def test_metadata_are_empty_dicts_where_the_loader_gives_none():
    class Engine(IEEngine):
        @staticmethod
        def postprocess_output(outputs, metadata):
            assert metadata == [{}]
            return list(outputs.values())

    assert engine_of(Engine, metric=LabelMetric()).predict()[0] == {"label": 2.5}


def test_statistics_go_through_an_overridden_collection():
    class Engine(IEEngine):
        def _collect_statistics(self, outputs, stats_layout, annotations=None):
            self.seen = [*getattr(self, "seen", []), annotations]
            super()._collect_statistics(outputs, stats_layout, annotations)

    loader = labelled_images(6)
    engine = engine_of(Engine, loader, LabelMetric())
    assert not engine.observes_directly
    layout = {"relu1": {"max": MAX}, ("data", 0): {"min": np.min}, "fc_bias": {"sum": np.sum}}
    metrics, statistics = engine.predict(layout, BatchSampler(loader, 1, [4, 2]))
    plain = engine_of(IEEngine, loader).predict(layout, BatchSampler(loader, 1, [4, 2]))[1]
    assert metrics is None
    assert engine.seen == [[(4, 4)], [(2, 2)]]
    assert list(statistics) == list(plain)
    assert statistics[("data", 0)]["min"] == plain[("data", 0)]["min"]
    np.testing.assert_allclose(statistics["relu1"]["max"], plain["relu1"]["max"], rtol=1e-6)
    np.testing.assert_allclose(statistics["fc_bias"]["sum"], plain["fc_bias"]["sum"], rtol=1e-5)


def test_the_outputs_that_observe_are_gone_after_the_pass():
    engine = engine_of(Noting, metric=LabelMetric())
    engine.predict({"relu1": {"max": MAX}})
    assert len(engine._model.outputs) == 1
    assert engine._output_layers == ["result"]
    assert engine.predict()[0] == {"label": 2.5}


def test_statistics_outputs_do_not_reach_the_metric():
    class Counting(LabelMetric):
        def update(self, output, target):
            assert len(output) == 1
            super().update(output, target)

    engine = engine_of(Noting, metric=Counting())
    (records, _), _ = engine.predict({"relu1": {"max": MAX}}, None, None, True)
    assert len(records) == 6


def test_an_overridden_model_hook_decides_what_runs():
    class Engine(IEEngine):
        def _set_model(self, model):
            self._nx_model = model
            return [{"model": tiny_cnn(seed=5)}]

    engine = engine_of(Engine, labelled_images(1))
    _, statistics = engine.predict({"relu1": {"max": np.max}})
    reference = engine_of(IEEngine, labelled_images(1))
    reference.set_model(CompressedModel(graph=tiny_cnn(seed=5)))
    assert statistics == reference.predict({"relu1": {"max": np.max}})[1]


def test_an_overridden_output_hook_is_asked_for_names_and_ports():
    class Engine(IEEngine):
        def _add_outputs(self, nodes_name):
            self.asked = nodes_name
            return super()._add_outputs(nodes_name)

    engine = engine_of(Engine, labelled_images(2))
    assert len(engine.predict({("relu1", 0): {"max": np.max}})[1][("relu1", 0)]["max"]) == 2
    assert engine.asked == [("relu1", 0)]


def test_overridden_passes_are_used():
    class Own(IEEngine):
        def _process_dataset_async(
            self, stats_layout, sampler, print_progress=False, need_metrics_per_sample=False, requests_num=0
        ):
            self.asked = requests_num
            super()._process_dataset_async(stats_layout, sampler, print_progress, need_metrics_per_sample, requests_num)

    engine = engine_of(Own, metric=LabelMetric(), eval_requests_number=2)
    assert engine.predict()[0] == {"label": 2.5}
    assert engine.asked == 2

    class Sync(IEEngine):
        def _process_dataset(self, stats_layout, sampler, print_progress=False, need_metrics_per_sample=False):
            self.ran = True
            super()._process_dataset(stats_layout, sampler, print_progress, need_metrics_per_sample)

    engine = engine_of(Sync, metric=LabelMetric())
    assert engine.predict()[0] == {"label": 2.5}
    assert engine.ran


def test_a_pass_of_the_users_own_may_call_the_others():
    class Stages(IEEngine):
        def _predict(self, stats_layout, sampler, print_progress=False, need_metrics_per_sample=False):
            compiled = self._ie.compile_model(self._model, self.config.device)
            for batch_id, batch in enumerate(sampler):
                annotations, data, _ = self._process_batch(batch)
                outputs = compiled.create_infer_request().infer(self._fill_input(compiled, data))
                if stats_layout:
                    self._collect_statistics([outputs], stats_layout, annotations)
                self._update_metrics([outputs[0]], annotations, need_metrics_per_sample)
                self._print_inference_progress(lambda *_: None, batch_id, len(sampler), 0, 1)

    engine = engine_of(Stages, labelled_images(4), LabelMetric())
    assert engine.predict()[0] == {"label": 1.5}
    _, statistics = engine.predict({"relu1": {"shape": np.shape}})
    assert statistics["relu1"]["shape"] == [(1, 8, 1, 16, 16)] * 4


def test_collected_statistics_are_noted_with_the_number_of_the_sample():
    engine = engine_of(IEEngine)
    engine._collect_statistics({"n": np.arange(3)}, {"n": {"max": np.max}}, [(9, "cat")])
    engine._collect_statistics({"n": np.arange(5)}, {"n": {"max": np.max}}, None)
    assert engine._accumulated_layer_stats == {"n": {"max": [(9, 2), (0, 4)]}}
    engine._reset()
    assert engine._accumulated_layer_stats == {}


def test_progress_is_logged_at_every_tenth():
    lines = []

    def note(text, *values):
        lines.append(text % values)

    told = [IEEngine._print_inference_progress(note, number, 25, 1.0, 3.5) for number in range(25)]
    assert told.count(True) == len(lines) == 8
    assert lines[0] == "3/25 batches are processed in 2.50s"
    assert IEEngine._print_inference_progress(note, 0, 0, 0, 0) is False


def test_layout_keys_become_texts_and_are_remembered():
    layout, keys = IEEngine._convert_stats_names({("split", 1): {"max": np.max}, "relu": {"min": np.min}})
    assert layout == {"split.1": {"max": np.max}, "relu": {"min": np.min}}
    assert keys == {"split.1": ("split", 1), "relu": "relu"}


def test_the_number_of_requests_depends_on_what_is_asked():
    engine = IEEngine({"stat_requests_number": 1, "eval_requests_number": 2})
    assert engine._get_requests_number({"relu": {}}) == 1
    assert engine._get_requests_number(None) == 2
    assert IEEngine({})._get_requests_number(None) == 0


def test_historic_attributes_are_there():
    engine = IEEngine({"device": "CPU", "outputs": {"regions": []}})
    assert engine._model is None
    assert engine._nx_model is None
    assert engine._output_layers == []
    assert (engine._accumulated_layer_stats, engine._per_sample_metrics) == ({}, [])
    assert (engine._device, engine._data_loader, engine._metric) == ("CPU", None, None)
    assert "CPU" in engine._ie.available_devices
    assert isinstance(engine._tmp_dir, tempfile.TemporaryDirectory)
    engine._tmp_dir.cleanup()
    assert callable(engine._statistic_graph_builder.insert_statistic)
    with pytest.raises(EngineError, match="set_model"):
        engine._add_outputs([("relu1", 0)])


def test_several_models_are_made_of_a_cascade(tmp_path):
    parts = [
        {"name": name, **CompressedModel(graph=tiny_cnn(seed)).save(tmp_path, name)[0]}
        for seed, name in enumerate(("first", "second"))
    ]
    cascade = CompressedModel(config={"model_name": "both", "cascade": parts})
    engine = IEEngine({})
    made = engine._set_model(cascade)
    assert [entry["name"] for entry in made] == ["first", "second"]
    assert engine._nx_model is cascade
    assert made[0]["model"] is not cascade.models[0]["model"]
