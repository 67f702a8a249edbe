"""What pipelines log about their result."""

import logging

import pytest

from openpot import pipeline_checks
from openpot.engine.openvino_engine import IEEngine
from openpot.graph.model import CompressedModel
from openpot.measure.performance_hints import FarOutputs
from openpot.measure.planned_share import PlannedShare
from openpot.pipeline import Pipeline, create_pipeline
from openpot.pipeline_checks import describe_small_share, find_plan
from toy_engines import LabelMetric, labelled_images
from toy_models import loop_model, tiny_cnn

pytestmark = pytest.mark.usefixtures("every_setting")

SUBSET = {"stat_subset_size": 4}


def run(*algorithms, model=None, metric=None, loader=None):
    engine = IEEngine({"device": "CPU"}, loader or labelled_images(6), metric)
    pipeline = create_pipeline([{"name": name, "params": {**SUBSET, **params}} for name, params in algorithms], engine)
    pipeline.run(CompressedModel(graph=model or tiny_cnn()))
    return pipeline


def warnings_of(caplog):
    return [r.getMessage() for r in caplog.records if r.name == pipeline_checks.__name__ and r.levelno >= 30]


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("DefaultQuantization", {}),
        ("MinMaxQuantization", {}),
        ("TunableQuantization", {}),
        ("DataFreeQuantization", {}),
        ("AccuracyAwareQuantization", {"maximal_drop": 1.0, "max_iter_num": 1}),
        ("AccuracyAwareQuantization", {"annotation_free": True, "maximal_drop": 1.0, "max_iter_num": 1}),
        ("INT4MixedQuantization", {"maximal_drop": 1.0}),
        ("ParamsGridSearchAlgorithm", {}),
    ],
)
def test_less_than_half_is_told_with_the_reason_whichever_algorithm_quantized(caplog, name, params):
    run((name, {"ignored": {"scope": ["conv2"]}, **params}), metric=LabelMetric())
    (told,) = warnings_of(caplog)
    assert told.startswith("only 27")
    assert "72.7% (the user left it out by name)" in told


def test_a_model_that_stays_in_float_altogether_is_told(caplog):
    run(("DefaultQuantization", {"ignored": {"operations": [{"type": "Convolution"}, {"type": "MatMul"}]}}))
    assert any(told.startswith("only 0.0% of the multiplications are in INT8") for told in warnings_of(caplog))


def test_bodies_that_are_not_calibrated_are_told(caplog):
    loader = labelled_images(6, shape=(4,))
    run(("MinMaxQuantization", {}), model=loop_model(), loader=loader)
    assert "bodies of loops and conditions are not calibrated" in warnings_of(caplog)[0]


def test_nothing_is_told_of_a_model_that_is_quantized_and_right(caplog):
    run(("DefaultQuantization", {}))
    assert warnings_of(caplog) == []


def test_nothing_is_told_where_nothing_was_to_be_quantized(caplog):
    pipeline = run(("MagnitudeSparsity", {"sparsity_level": 0.3}))
    assert find_plan(pipeline.algo_seq[0].result) is None
    assert warnings_of(caplog) == []


def test_only_the_largest_reasons_are_listed():
    told = describe_small_share(PlannedShare(0.1, {f"stays in float: reason {n}": 0.3 - n / 10 for n in range(5)}))
    assert told == (
        "only 10.0% of the multiplications are in INT8, in float stay: 30.0% (reason 0), 20.0% (reason 1), "
        "10.0% (reason 2), others for 2 more reasons"
    )


class FarCheck:
    """Every quantized model is far from what was judged."""

    def __init__(self, reference, feeds, device, judged):
        assert len(feeds) == SUBSET["stat_subset_size"]
        assert device == "CPU"

    def find_far(self, model, settings):
        assert any(node.get_type_name() == "FakeQuantize" for node in model.get_ops())
        assert set(settings) == {"LATENCY", "THROUGHPUT"}
        return (FarOutputs("THROUGHPUT", 1.5, 0.02),)


def test_what_the_device_computes_wrongly_is_told(caplog, monkeypatch):
    monkeypatch.setattr(pipeline_checks, "SettingsCheck", FarCheck)
    run(("DefaultQuantization", {}))
    (told,) = warnings_of(caplog)
    assert "with THROUGHPUT the error of the outputs is 1.50 times their variation" in told
    assert "openpot.quantize" in told


def test_a_pipeline_whose_result_somebody_else_checks_says_nothing(caplog, monkeypatch):
    monkeypatch.setattr(pipeline_checks, "SettingsCheck", FarCheck)
    caplog.set_level(logging.WARNING)
    engine = IEEngine({"device": "CPU"}, labelled_images(6))
    pipeline = Pipeline(engine, checks_result=False)
    pipeline.add_algo(create_pipeline([{"name": "DefaultQuantization", "params": SUBSET}], engine).algo_seq[0])
    pipeline.run(CompressedModel(graph=tiny_cnn()))
    assert warnings_of(caplog) == []
