"""Ranges of a quantized model, moved by trial."""

import csv

import numpy as np
import pytest

from metric_engines import Agreement, Distance, engine_with, held
from openpot.algorithms.min_max import MinMaxQuantization
from openpot.engine.call_predict import call_predict
from openpot.engine.openvino_engine import IEEngine
from openpot.errors import ConfigError, UnknownNameError
from openpot.graph.model import CompressedModel
from openpot.graph.model_digest import model_digest
from openpot.pipeline import create_pipeline
from openpot.rewrites.read_limits import read_limits
from real_networks import lines_of_text, outputs, text_direction
from toy_engines import ListLoader


def optimized(engine, model=None, base=True, **params):
    subject = held(model)
    algorithms = [{"name": "MinMaxQuantization", "params": {}}] if base else []
    algorithms.append({"name": "RangeOptimization", "params": params})
    pipeline = create_pipeline(algorithms, engine)
    pipeline.run(subject)
    return subject, pipeline.algo_seq[-1].result


def plain(engine, model=None):
    subject = held(model)
    MinMaxQuantization({}, engine).run(subject)
    return subject


def measured(engine, subject):
    engine.set_model(subject)
    return call_predict(engine)[0]


@pytest.mark.parametrize(
    ("engine_class", "metric", "maxiter"),
    [("IEEngine", Agreement, 40), ("IEEngine", Distance, 40), ("of the user's own", Distance, 20)],
)
def test_the_metric_gets_better_and_is_that_of_the_returned_model(engine_class, metric, maxiter):
    class Own(IEEngine):
        def _process_infer_output(self, *arguments, **keywords):
            return super()._process_infer_output(*arguments, **keywords)

        def _process_dataset(self, *arguments, **keywords):
            return super()._process_dataset(*arguments, **keywords)

    engine = engine_with(metric(), kind=IEEngine if engine_class == "IEEngine" else Own)
    subject, result = optimized(engine, maxiter=maxiter)
    sign = -1.0 if metric.direction == "higher-better" else 1.0
    before = sign * measured(engine, plain(engine))[metric.name]
    after = sign * measured(engine, subject)[metric.name]
    assert result.error_before == pytest.approx(before, abs=1e-5)
    assert result.error_after == pytest.approx(after, abs=1e-5)
    assert result.error_after < result.error_before
    assert len(result.trials) == maxiter + 1
    for name, limits in result.moved.items():
        assert read_limits(subject.members[0].model, name).equals(limits)


def test_the_noise_of_the_outputs_needs_no_metric():
    engine = engine_with(None)
    _, result = optimized(engine, error_function="quantization_noise", maxiter=40)
    assert result.error_after < 0.95 * result.error_before


@pytest.mark.parametrize("function", ["metric", "quantization_noise"])
def test_what_is_returned_is_never_worse_even_if_every_evaluation_draws_other_samples(function):
    engine = engine_with(Distance())
    subject, result = optimized(engine, error_function=function, stochastic=True, maxiter=15, seed=3)
    assert result.error_after <= result.error_before
    assert measured(engine, subject)["distance"] <= 1.1 * measured(engine, plain(engine))["distance"]


def test_ends_stay_in_their_box():
    engine = engine_with(Distance())
    subject, result = optimized(engine, maxiter=30, lower_boxsize=0.2, upper_boxsize=0.1)
    original = plain(engine).members[0].model
    assert result.moved
    for name, limits in result.moved.items():
        before = read_limits(original, name)
        ratio = float(limits.input_high.ravel()[0] / before.input_high.ravel()[0])
        assert 0.8 - 0.01 <= ratio <= 1.1 + 0.01
    assert subject.snapshot().nodes_of_type("FakeQuantize")


def test_ranges_can_be_set_without_any_search():
    engine = engine_with(Distance())
    name = next(one.name for one in MinMaxQuantization({}, engine).plan(held()).quantizers if one.kind == "activations")
    subject, result = optimized(engine, activation_ranges_to_set=[{name: [-1.5, 2.5]}], maxiter=0)
    limits = read_limits(subject.members[0].model, name)
    assert (limits.input_low.item(), limits.output_high.item()) == (-1.5, 2.5)
    assert list(result.moved) == [name]
    assert result.trials == ()


def test_only_the_scope_moves():
    engine = engine_with(Distance())
    whole = optimized(engine, maxiter=1)[1].quantizers
    _, result = optimized(engine, maxiter=30, optimization_scope=[whole[0]])
    assert whole[0] in result.quantizers
    assert set(result.moved) <= set(result.quantizers)
    assert len(result.quantizers) < len(whole)


def test_evaluations_and_models_are_written_where_that_is_asked_for(tmp_path):
    engine = engine_with(Distance())
    _, result = optimized(
        engine, maxiter=6, result_filename=str(tmp_path / "ranges.csv"), dump_model_prefix=f"{tmp_path}/models/net_"
    )
    rows = list(csv.reader((tmp_path / "ranges.csv").open()))
    assert rows[0][:3] == ["iteration", "error", "x0"]
    assert [float(row[1]) for row in rows[1:]] == pytest.approx([one.error for one in result.trials], rel=1e-6)
    assert (tmp_path / "models" / "net_00000.xml").exists()
    best = int(np.argmin([one.error for one in result.trials]))
    assert (tmp_path / "models" / f"net_{best:05d}.bin").exists()


@pytest.mark.usefixtures("compiled_anew")
def test_two_runs_give_the_same_model_and_several_optimizers_go_on_from_each_other():
    params = {"maxiter": [5, 5], "optimizer_name": ["best2exp", "rand1bin"], "opt_backend": "scipy"}
    runs = [optimized(engine_with(Distance()), **params) for _ in range(2)]
    assert model_digest(runs[0][0].members[0].model) == model_digest(runs[1][0].members[0].model)
    assert len(runs[0][1].trials) == 12


def test_the_named_metric_must_exist_unless_there_is_only_one_and_none_was_named():
    with pytest.raises(UnknownNameError, match="did you mean 'distance'"):
        optimized(engine_with(Distance()), metric_name="distances")


def test_a_model_that_is_not_quantized_is_refused():
    with pytest.raises(ConfigError, match="needs a quantized model"):
        optimized(engine_with(Distance()), base=False)


def test_a_real_network_gets_back_what_clipped_ranges_cost_on_other_samples_too():
    model, _ = text_direction()
    samples = lines_of_text(24)
    pairs = list(zip(samples, outputs(model, samples), strict=True))
    tried, others = (IEEngine({"device": "CPU"}, ListLoader(part), Distance()) for part in (pairs[:12], pairs[12:]))
    before = CompressedModel(graph=model.clone())
    clipped = {"range_estimator": {"preset": "quantile", "max": {"outlier_prob": 1e-3}}}
    MinMaxQuantization({"activations": clipped}, tried).run(before)
    after = CompressedModel(graph=before.members[0].model.clone())
    params = {"error_function": "quantization_noise", "maxiter": 40, "upper_boxsize": 1.0, "lower_boxsize": 0.0}
    pipeline = create_pipeline([{"name": "RangeOptimization", "params": {**params, "zero_boxsize": 0.0}}], tried)
    pipeline.run(after)
    result = pipeline.algo_seq[0].result
    assert result.error_after < 0.75 * result.error_before
    assert measured(others, after)["distance"] < 0.8 * measured(others, before)["distance"]
