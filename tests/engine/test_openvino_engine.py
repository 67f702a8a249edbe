import numpy as np
import pytest

import openvino as ov
from openpot.data.sampler import BatchSampler
from openpot.engine.call_predict import call_predict
from openpot.engine.openvino_engine import IEEngine
from openpot.errors import DeviceError, EngineError, MetricError, ModelError, UnknownNameError
from openpot.graph.lower_reducer import plan_packed_layout
from openpot.graph.model import CompressedModel
from openpot.graph.tensor_id import TensorId
from openpot.inference.compile import compile_model
from openpot.inference.feeds import Feed
from openpot.numerics.reducers import Reducer, ReducerKind
from openvino import opset13 as op
from toy_engines import BufferLoader, LabelMetric, ListLoader, labelled_images
from toy_models import if_model, images, loop_model, tiny_cnn

MAX = Reducer(ReducerKind.MAX)


def engine_of(loader=None, metric=None, model=None, cls=IEEngine, **config):
    engine = cls({"device": "CPU", **config}, loader if loader is not None else labelled_images(), metric)
    engine.set_model(CompressedModel(graph=model or tiny_cnn()))
    return engine


def cascade(tmp_path):
    parts = [
        {"name": name, **CompressedModel(graph=tiny_cnn(seed)).save(tmp_path, name)[0]}
        for seed, name in enumerate(("first", "second"))
    ]
    return CompressedModel(config={"model_name": "both", "cascade": parts})


def test_the_metric_of_all_samples_is_told():
    metric = LabelMetric()
    assert engine_of(metric=metric).predict() == ({"label": 2.5}, {})
    assert metric.updates == []  # reset


def test_without_metric_there_is_none():
    assert engine_of().predict() == (None, {})
    assert engine_of().predict(metric_per_sample=True) == (None, {})


def test_without_annotations_the_metric_is_none():
    loader = ListLoader([(image, None) for image in images(3)])
    assert engine_of(loader, LabelMetric()).predict() == (None, {})


def test_the_metric_gets_a_list_of_outputs_and_a_list_of_annotations():
    class Keeping(LabelMetric):
        def reset(self):
            super().reset()
            self.kept = getattr(self, "kept", [])

        def update(self, output, target):
            super().update(output, target)
            self.kept.append((output, target))

    metric, loader = Keeping(), labelled_images(3)
    engine_of(loader, metric).predict()
    compiled = compile_model(tiny_cnn(), "CPU")
    for (output, target), (image, label) in zip(metric.kept, loader.samples, strict=True):
        assert target == [label]
        assert isinstance(output, list)
        np.testing.assert_array_equal(output[0], compiled(image[None])[0])


@pytest.mark.parametrize("number", [1, 2, None], ids=["one request", "two", "best"])
def test_records_carry_the_numbers_of_the_data_set_and_are_sorted(number):
    loader = labelled_images(12)
    engine = engine_of(loader, LabelMetric(), eval_requests_number=number)
    sampler = BatchSampler(loader, 1, [7, 2, 11])
    (records, overall), _ = engine.predict(sampler=sampler, metric_per_sample=True)
    assert records == [{"sample_id": n, "metric_name": "label", "result": float(n)} for n in (2, 7, 11)]
    assert overall == {"label": pytest.approx(20 / 3)}


def test_updates_come_in_the_order_of_the_samples():
    metric = LabelMetric()
    engine_of(labelled_images(30), metric).predict()
    assert metric.seen == list(range(30))


@pytest.mark.parametrize("number", [1, None], ids=["one by one", "several at once"])
def test_a_loader_that_reuses_its_buffers_gives_the_right_metric(number):
    metric = LabelMetric()
    engine_of(BufferLoader(images(12)), metric, eval_requests_number=number).predict()
    assert metric.seen == list(range(12))


@pytest.mark.parametrize(
    "arguments",
    [
        ((None, None, None, True, False), {}),
        ((None, None, True, False), {}),
        ((None, None, True), {}),
        ((None, None, np.True_), {}),
        ((), {"metric_per_sample": True}),
        ((None, None, {"algorithm": {}}, True), {}),
    ],
    ids=["five", "documented four", "documented three", "NumPy's bool", "by name", "with aliases"],
)
def test_both_signatures_are_understood(arguments):
    positional, named = arguments
    (records, _), _ = engine_of(metric=LabelMetric()).predict(*positional, **named)
    assert len(records) == 6


def test_the_documented_fourth_argument_is_the_progress(caplog):
    engine = engine_of(labelled_images(3), LabelMetric())
    with caplog.at_level("INFO", "openpot"):
        metrics, _ = engine.predict(None, None, False, True)
    assert metrics == {"label": 1.0}
    assert "Start inference of 3 images" in caplog.text
    assert "3/3 batches are processed" in caplog.text
    assert "Inference finished" in caplog.text


def test_statistics_have_the_shape_of_the_layout_and_the_order_of_the_sampler():
    loader = labelled_images(6)
    kept = Reducer(ReducerKind.MEAN, 1)
    layout = {"relu1": {"max": MAX, kept: kept}, ("data", 0): {"lowest": np.min}, "fc.0": {"shape": np.shape}}
    engine = engine_of(loader)
    metrics, statistics = engine.predict(layout, BatchSampler(loader, 1, [3, 1]))
    assert metrics is None
    assert list(statistics) == ["relu1", ("data", 0), "fc.0"]
    assert statistics[("data", 0)]["lowest"] == [loader.samples[3][0].min(), loader.samples[1][0].min()]
    assert statistics["fc.0"]["shape"] == [(1, 5), (1, 5)]
    assert [value.shape for value in statistics["relu1"][kept]] == [(8,), (8,)]
    assert statistics["relu1"]["max"][0].shape == ()


def test_the_functions_of_a_layout_are_called_once_for_each_batch():
    shapes = []
    data = op.parameter([-1, 3, 16, 16], np.float32, name="data")
    model = ov.Model([op.result(op.relu(data, name="relu"), name="out")], [data], "m")
    loader = labelled_images(5)
    engine = engine_of(loader, model=model)
    engine.predict({"relu": {"note": lambda tensor: shapes.append(tensor.shape)}}, BatchSampler(loader, 2))
    assert shapes == [(2, 3, 16, 16), (2, 3, 16, 16), (1, 3, 16, 16)]


def test_a_tensor_that_a_function_returns_is_kept_unspoilt():
    loader = labelled_images(4)
    _, statistics = engine_of(loader).predict({"data": {"raw": lambda tensor: tensor}})
    for raw, (image, _) in zip(statistics["data"]["raw"], loader.samples, strict=True):
        np.testing.assert_array_equal(raw[0], image)


def test_the_metric_is_left_alone_while_statistics_are_collected():
    metric = LabelMetric()
    assert engine_of(metric=metric).predict({"relu1": {"max": MAX}})[0] is None
    assert not hasattr(metric, "seen")


def test_both_can_be_asked_for_in_one_pass():
    (records, overall), statistics = engine_of(metric=LabelMetric()).predict({"relu1": {"max": MAX}}, None, None, True)
    assert (len(records), overall, len(statistics["relu1"]["max"])) == (6, {"label": 2.5}, 6)


def test_the_metric_is_reset_at_the_end_of_every_pass():
    class Failing(LabelMetric):
        def update(self, output, target):
            raise ZeroDivisionError

    for metric, layout in ((LabelMetric(), None), (LabelMetric(), {"relu1": {"max": MAX}}), (Failing(), None)):
        before = metric.resets
        engine = engine_of(metric=metric)
        try:
            engine.predict(layout)
        except MetricError:
            assert isinstance(metric, Failing)
        assert metric.resets == before + 1


def test_an_error_of_the_metric_names_the_sample_and_the_engine_goes_on_working():
    class Picky(LabelMetric):
        broken = True

        def update(self, output, target):
            if self.broken and target == [3]:
                raise ZeroDivisionError("no positives")
            super().update(output, target)

    metric = Picky()
    engine = engine_of(metric=metric)
    with pytest.raises(MetricError, match=r"sample 3: .*ZeroDivisionError: no positives"):
        engine.predict()
    metric.broken = False
    assert engine.predict()[0] == {"label": 2.5}


def test_predict_needs_a_model():
    with pytest.raises(EngineError, match="call set_model"):
        IEEngine({"device": "CPU"}, labelled_images()).predict()


def test_cascades_are_refused(tmp_path):
    model, engine = cascade(tmp_path), IEEngine({}, labelled_images())
    with pytest.raises(EngineError, match="cascade of 2"):
        engine.set_model(model)
    with pytest.raises(EngineError, match="cascade of 2"):
        engine.observe(model, [(TensorId("first_data"), MAX)], None, lambda *_: None)


def test_a_missing_device_is_refused_before_anything_else():
    with pytest.raises(DeviceError, match=r"available: .*CPU"):
        IEEngine({"device": "XPU"}, None)


def test_unknown_nodes_and_nodes_in_bodies_are_refused():
    with pytest.raises(UnknownNameError, match="did you mean 'relu1'"):
        engine_of().predict({"relu11": {"max": MAX}})
    loader = ListLoader([{"cond": np.array(True), "x": np.ones((1, 3), np.float32)}])
    with pytest.raises(ModelError, match="inside the body"):
        engine_of(loader, model=if_model()).predict({"choice|then|inner": {"max": MAX}})


def test_a_model_is_compiled_once_until_another_is_set(monkeypatch):
    compiled = []

    def counting(model, device, properties=None):
        compiled.append(model.get_friendly_name())
        return compile_model(model, device, properties)

    monkeypatch.setattr("openpot.engine.overridable.compile_model", counting)
    engine = engine_of(metric=LabelMetric())
    engine.predict()
    engine.predict()
    assert compiled == ["tiny"]
    engine.set_model(CompressedModel(graph=tiny_cnn()))
    assert engine._compiled is None
    engine.predict()
    assert compiled == ["tiny", "tiny"]


def test_the_model_that_was_set_is_neither_changed_nor_saved(monkeypatch):
    monkeypatch.setattr(CompressedModel, "save", lambda *_: pytest.fail("saved"))
    model = CompressedModel(graph=tiny_cnn())
    engine = IEEngine({}, labelled_images(), LabelMetric())
    engine.set_model(model)
    engine.predict({"relu1": {"max": MAX, "mean": np.mean}})
    engine.predict()
    assert len(model.models[0]["model"].outputs) == 1
    assert "_tmp_dir" not in vars(engine)


def test_evaluating_and_observing_alternate_on_the_same_objects():
    engine = engine_of(metric=LabelMetric())
    model = CompressedModel(graph=tiny_cnn())
    for _ in range(2):
        engine.set_model(model)
        assert engine.predict()[0] == {"label": 2.5}
        assert len(engine.predict({"relu1": {"max": MAX}})[1]["relu1"]["max"]) == 6


def test_observe_answers_requests_of_any_model():
    loader = labelled_images(4)
    engine, model = IEEngine({}, loader), CompressedModel(graph=tiny_cnn())
    requests = [(TensorId("data"), MAX), (TensorId("data"), np.ptp)]
    seen = []
    assert engine.observe(model, requests, None, lambda *answer: seen.append(answer)) == 4
    assert plan_packed_layout(model.members[0].model, requests).packed == ((0, slice(0, 1)),)
    for (position, packed, loose), number in zip(seen, range(4), strict=True):
        image = loader.samples[number][0]
        assert (position, packed.tolist(), loose) == (number, [image.max()], {1: np.ptp(image)})


def test_samples_whose_tensor_is_empty_are_left_out():
    data = op.parameter([1, 4], np.float32, name="data")
    hits = op.transpose(op.non_zero(op.relu(data)), op.constant(np.array([1, 0])), name="hits")
    model = ov.Model([op.result(hits, name="out")], [data], "detector")
    samples = [np.array([[1, 2, 0, 0]]), np.array([[-1, -2, -3, -4]]), np.array([[0, 0, 5, 6]])]
    layout = {"hits": {"max": MAX, "count": len, "mean": Reducer(ReducerKind.MEAN)}}
    engine = engine_of(ListLoader([sample.astype(np.float32) for sample in samples]), model=model)
    statistics = engine.predict(layout)[1]["hits"]
    assert statistics["count"] == [2, 2]
    assert [float(value) for value in statistics["max"]] == [1, 3]
    assert [float(value) for value in statistics["mean"]] == [0.25, 1.25]


def test_call_predict_reaches_the_engine():
    metrics, statistics = call_predict(engine_of(metric=LabelMetric()), None, None, metric_per_sample=True)
    assert (len(metrics[0]), statistics) == (6, {})


def test_samples_are_joined_along_the_batch_axis_of_the_settings():
    data = op.parameter([5, -1, 2], np.float32, name="steps")
    model = ov.Model([op.result(op.relu(data, name="relu"), name="out")], [data], "recurrent")
    samples = [np.random.default_rng(number).standard_normal((5, 2)).astype(np.float32) for number in range(4)]
    engine = engine_of(ListLoader(samples), model=model, batch_dim=1)
    sampler = BatchSampler(engine.data_loader, 2)
    shapes = engine.predict({"relu": {"shape": np.shape}}, sampler)[1]["relu"]["shape"]
    assert shapes == [(5, 2, 2), (5, 2, 2)]


def test_samples_that_share_an_inference_have_a_record_each():
    loader = labelled_images(4)
    engine = engine_of(loader, LabelMetric(), tiny_cnn(batch=2))
    (records, overall), _ = engine.predict(None, BatchSampler(loader, 2, [3, 0, 2, 1]), None, True)
    assert [(record["sample_id"], record["result"]) for record in records] == [(n, float(n)) for n in range(4)]
    assert overall == {"label": 1.5}


@pytest.mark.parametrize(
    ("model", "sample", "node"),
    [
        (if_model, {"cond": np.array(True), "x": np.array([[1.0, 2.0, 3.0]], np.float32)}, "choice"),
        (loop_model, {"x": np.array([[1.0, 2.0, 3.0, 4.0]], np.float32)}, "loop"),
    ],
    ids=["If", "Loop"],
)
def test_what_an_operation_with_bodies_returns_can_be_observed(model, sample, node):
    engine = engine_of(ListLoader([sample]), model=model())
    expected = compile_model(model(), "CPU")(list(sample.values()))[0]
    assert engine.predict({node: {"max": MAX}})[1][node]["max"] == [expected.max()]


def test_outputs_from_outside_get_their_names_and_reach_the_metric():
    seen = []

    class Naming(IEEngine):
        @staticmethod
        def postprocess_output(outputs, metadata):
            seen.append((list(outputs), metadata))
            return list(outputs.values())

    metric = LabelMetric()
    engine = engine_of(metric=metric, cls=Naming)

    def infer(show):
        for number in (4, 1):
            show(Feed(0, (number,), {}, [(number, number)], [{"of": number}]), [np.full((1, 5), number, np.float32)])

    assert engine.score_outputs(CompressedModel(graph=tiny_cnn()), infer) == {"label": 2.5}
    assert seen == [(["result"], [{"of": 4}]), (["result"], [{"of": 1}])]
    assert metric.updates == []  # reset


def test_scoring_needs_an_annotation_and_names_what_raised():
    model = CompressedModel(graph=tiny_cnn())
    engine = engine_of(metric=LabelMetric())
    with pytest.raises(MetricError, match="no sample that was scored has an annotation"):
        engine.score_outputs(model, lambda show: show(Feed(0, (0,), {}, [(0, None)], [{}]), [np.zeros((1, 5))]))
    with pytest.raises(MetricError, match="scoring a model raised ZeroDivisionError"):
        engine.score_outputs(model, lambda show: show(1 / 0, []))
    assert engine.predict()[0] == {"label": 2.5}


def test_the_settings_of_inference_are_public():
    settings = engine_of(batch_dim=1, stat_requests_number=2).inference_settings
    assert (settings.device, settings.batch_dim, settings.stat_requests_number) == ("CPU", 1, 2)
