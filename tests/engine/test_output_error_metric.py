"""The distance of outputs as a metric."""

import numpy as np
import pytest

from metric_engines import Agreement, engine_with, held, variant_of
from openpot.engine.call_predict import call_predict
from openpot.engine.output_error_metric import OutputErrorMetric, make_output_error_engine
from openpot.errors import EngineError, MetricError
from openpot.measure.compare_outputs import compare_outputs
from openpot.measure.side_by_side import load_inputs
from toy_engines import PlainEngine, labelled_images
from toy_models import worked_example


def test_it_is_the_error_that_a_comparison_of_both_models_gives():
    engine = make_output_error_engine(engine_with(Agreement()), worked_example())
    engine.set_model(held())
    assert call_predict(engine)[0]["output error"] == pytest.approx(0, abs=1e-6)
    variant = variant_of()
    engine.set_model(variant.model)
    (records, metrics), _ = call_predict(engine, metric_per_sample=True)
    quantized = variant.model.members[0].model
    feeds = load_inputs(worked_example(), engine.data_loader, range(16))
    (expected,) = compare_outputs(worked_example(), quantized, feeds)
    assert metrics["output error"] == pytest.approx(expected.relative, rel=1e-4)
    assert [record["sample_id"] for record in records] == list(range(16))
    assert all(record["result"] > 0 for record in records)


def test_the_distance_of_a_sample_is_the_sum_of_squares():
    metric = OutputErrorMetric()
    metric.update([np.array([1.0, 2.0])], [[np.array([1.0, 4.0])]])
    assert metric.value == {"output error": [4.0]}
    metric.update([np.array([3.0, 2.0])], [[np.array([3.0, 2.0])]])
    assert metric.value == {"output error": [0.0]}
    assert metric.avg_value["output error"] == pytest.approx(np.sqrt(4 / 4))


def test_samples_that_share_an_inference_and_engines_of_one_s_own_are_refused():
    with pytest.raises(MetricError, match="sample by sample"):
        OutputErrorMetric().update([np.zeros((2, 1))], [[0], [1]])
    with pytest.raises(EngineError, match="PlainEngine is another kind of engine: give it a metric"):
        make_output_error_engine(PlainEngine(labelled_images()), worked_example())
