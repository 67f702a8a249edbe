"""Cascades of which the user writes only the stages."""

import numpy as np
import pytest

import openvino as ov
from openpot.engine.cascade_engine import CascadeEngine
from openpot.errors import ConfigError, DataError, EngineError, MetricError
from openpot.graph.model import CompressedModel
from openpot.pipeline import create_pipeline
from openpot.rewrites.compress_weights import compress_model_weights
from toy_engines import LabelMetric, ListLoader
from toy_models import images, tiny_cnn

PARAMS = {"target_device": "CPU", "stat_subset_size": 6}


@pytest.fixture
def cascade(tmp_path):
    """Two networks of different weights; the second looks at a mirror image if the first one says so."""
    for name, seed in (("first", 0), ("second", 1)):
        ov.save_model(tiny_cnn(seed), tmp_path / f"{name}.xml", compress_to_fp16=False)
    parts = [{"name": name, "model": tmp_path / f"{name}.xml"} for name in ("first", "second")]
    return CompressedModel(config={"model_name": "two", "cascade": parts})


def look(infer, image, earlier):
    assert earlier is None
    return image[..., ::-1] if infer(image)["logits"].argmax() % 2 else image


def look_again(infer, image, seen):
    return infer(np.ascontiguousarray(seen))["logits"]


STAGES = {"first": look, "second": look_again}


class Nearness(LabelMetric):
    """How close the scores are to those in the annotation."""

    def update(self, output, target):
        self.updates.append((output, target))
        self.last = [-float(np.abs(output[0] - target[0]).max())]
        self.gaps = [*getattr(self, "gaps", []), self.last[0]]

    @property
    def avg_value(self):
        return {"nearness": float(np.mean([-np.abs(out[0] - label[0]).max() for out, label in self.updates]))}

    @property
    def value(self):
        return {"nearness": self.last}


def by_hand(image):
    core = ov.Core()
    first, second = (core.compile_model(tiny_cnn(seed), "CPU", {"INFERENCE_PRECISION_HINT": "f32"}) for seed in (0, 1))
    seen = image[..., ::-1] if first(image[None])[0].argmax() % 2 else image
    return second(np.ascontiguousarray(seen)[None])[0]


def labelled(count=6):
    return ListLoader([(image, by_hand(image)) for image in images(count)])


def test_evaluation_goes_through_the_stages_sample_by_sample(cascade):
    engine = CascadeEngine({"device": "CPU"}, labelled(), Nearness(), STAGES)
    engine.set_model(cascade)
    (records, overall), statistics = engine.predict(metric_per_sample=True)
    assert statistics == {}
    assert overall["nearness"] == pytest.approx(0, abs=1e-5)
    assert [record["sample_id"] for record in records] == list(range(6))
    np.testing.assert_allclose(engine.run_sample(images(1)[0]), by_hand(images(1)[0]), rtol=1e-5)


def test_statistics_of_all_networks_come_from_one_pass(cascade):
    loader = labelled()
    metric = Nearness()
    engine = CascadeEngine({}, loader, metric, STAGES)
    engine.set_model(cascade)
    layout = {"first_relu1": {"max": np.max}, "second_relu1": {"max": np.max, "shape": np.shape}}
    metrics, collected = engine.predict(layout)
    assert metrics is None
    assert metric.updates == [], "the metric is left alone"
    assert loader.calls == list(range(6))
    assert [len(values["max"]) for values in collected.values()] == [6, 6]
    assert collected["second_relu1"]["shape"] == [(1, 8, 16, 16)] * 6
    assert list(collected) == list(layout)


def test_both_networks_are_quantized_together_and_still_answer_alike(cascade, tmp_path):
    engine = CascadeEngine({"device": "CPU"}, labelled(), Nearness(), STAGES)
    pipeline = create_pipeline([{"name": "DefaultQuantization", "params": PARAMS}], engine)
    before = pipeline.evaluate(cascade)
    quantized = pipeline.run(cascade)
    compress_model_weights(quantized)
    after = pipeline.evaluate(quantized)
    assert before["nearness"] == pytest.approx(0, abs=1e-5)
    assert -0.5 < after["nearness"] < 0
    for entry in quantized.save(tmp_path / "int8"):
        saved = ov.Core().read_model(entry["model"])
        kinds = [node.get_element_type().to_string() for node in saved.get_ops() if node.get_type_name() == "Constant"]
        assert "i8" in kinds


@pytest.mark.usefixtures("compiled_anew")
def test_same_bytes_every_time(cascade, tmp_path):
    weights = []
    for run in ("a", "b"):
        engine = CascadeEngine({}, labelled(), None, STAGES)
        model = create_pipeline([{"name": "DefaultQuantization", "params": PARAMS}], engine).run(cascade.copy())
        weights.append([ov.Core().read_model(entry["model"]) for entry in model.save(tmp_path / run)])
        weights[-1] = [(tmp_path / run / f"{name}.bin").read_bytes() for name in STAGES]
    assert weights[0] == weights[1]


def test_network_may_have_several_stages(cascade):
    def twice(infer, image, scores):
        return infer(image)["logits"] + scores

    engine = CascadeEngine(
        {}, labelled(1), None, [("second", lambda infer, x, _: infer(x)["logits"]), ("second", twice)]
    )
    engine.set_model(cascade)
    image = images(1)[0]
    single = ov.Core().compile_model(tiny_cnn(1), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})(image[None])[0]
    np.testing.assert_allclose(engine.run_sample(image), 2 * single, rtol=1e-5)


def test_single_model_may_be_run_in_stages_too():
    engine = CascadeEngine({}, labelled(2), Nearness(), {"net": lambda infer, image, _: infer(image)["logits"]})
    engine.set_model(CompressedModel(graph=tiny_cnn(1)))
    metrics, _ = engine.predict()
    assert set(metrics) == {"nearness"}
    _, collected = engine.predict({"relu1": {"max": np.max}})
    assert len(collected["relu1"]["max"]) == 2


def test_changed_model_is_seen_after_it_is_set_again(cascade):
    engine = CascadeEngine({}, labelled(), Nearness(), STAGES)
    pipeline = create_pipeline([{"name": "DefaultQuantization", "params": PARAMS}], engine)
    engine.set_model(cascade)
    assert engine.predict()[0]["nearness"] == pytest.approx(0, abs=1e-5)
    engine.set_model(pipeline.run(cascade))
    assert engine.predict()[0]["nearness"] < -1e-4


@pytest.mark.parametrize(
    ("stages", "message"),
    [({}, "a cascade needs stages"), ({"first": 3}, "not .'first', 3."), ([("first", len, 1)], "a stage is the name")],
    ids=["none", "no-function", "no-pair"],
)
def test_stages_are_checked_at_once(stages, message):
    with pytest.raises(ConfigError, match=message):
        CascadeEngine({}, labelled(1), None, stages)


def test_stage_for_a_network_that_is_not_there_is_refused(cascade):
    with pytest.raises(ConfigError, match="a stage runs the network 'frist'; did you mean 'first'"):
        CascadeEngine({}, labelled(1), None, {"frist": look}).set_model(cascade)
    with pytest.raises(ConfigError, match="2 stages for networks of their own, and the model is no cascade"):
        CascadeEngine({}, labelled(1), None, STAGES).set_model(CompressedModel(graph=tiny_cnn()))


def test_prediction_before_a_model_was_set_is_refused():
    with pytest.raises(EngineError, match="call set_model"):
        CascadeEngine({}, labelled(1), None, STAGES).predict()


def test_fault_of_a_stage_names_sample_and_stage(cascade):
    def breaks(infer, image, earlier):
        return earlier[5]

    engine = CascadeEngine({}, labelled(3), None, {"first": look, "second": breaks})
    engine.set_model(cascade)
    with pytest.raises(EngineError, match=r"sample 0: stage 2 \('second'\) raised IndexError") as caught:
        engine.predict()
    assert isinstance(caught.value.__cause__, IndexError)


def test_network_that_no_sample_reaches_stops_the_calibration(cascade):
    engine = CascadeEngine({}, labelled(), None, {"first": look, "second": lambda infer, image, seen: seen})
    pipeline = create_pipeline([{"name": "DefaultQuantization", "params": PARAMS}], engine)
    before = [model["model"].get_ops() for model in cascade.models]
    with pytest.raises(DataError, match="the network 'second' was never run"):
        pipeline.run(cascade)
    assert [len(model["model"].get_ops()) for model in cascade.models] == [len(ops) for ops in before]


def test_samples_without_annotation_are_run_and_not_measured(cascade, caplog):
    engine = CascadeEngine({}, ListLoader(images(2)), Nearness(), STAGES)
    engine.set_model(cascade)
    assert engine.predict() == (None, {})
    assert "no sample has an annotation" in caplog.text


def test_faulty_metric_is_named(cascade):
    class Bare(Nearness):
        avg_value = 3.0

    engine = CascadeEngine({}, labelled(1), Bare(), STAGES)
    engine.set_model(cascade)
    with pytest.raises(MetricError, match=r"Bare.avg_value must be a dict, it is 3.0"):
        engine.predict()


def test_documented_positional_form_of_predict_works(cascade):
    engine = CascadeEngine({}, labelled(2), Nearness(), STAGES)
    engine.set_model(cascade)
    (records, overall), _ = engine.predict(None, None, True)
    assert len(records) == 2
    assert set(overall) == {"nearness"}
