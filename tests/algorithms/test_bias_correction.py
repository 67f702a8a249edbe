"""Sequential bias correction."""

import numpy as np

from openpot.algorithms.bias_correction import AVERAGE, BiasCorrection
from openpot.algorithms.min_max import MinMaxQuantization
from openpot.engine.openvino_engine import IEEngine
from openpot.graph.model import CompressedModel
from openpot.pipeline import Pipeline
from toy_engines import labelled_images
from toy_models import images, run, tiny_cnn, worked_example

COARSE = {"weights": {"bits": 4, "level_low": -7, "level_high": 7}, "activations": {"bits": 16}}


def corrected(model, items=10, **params):
    """The model with coarse weights, uncorrected and corrected, and the record of the correction."""
    loader = labelled_images(items)
    engine = IEEngine({}, loader)
    plain, held = CompressedModel(graph=model), CompressedModel(graph=model)
    MinMaxQuantization(COARSE, engine).run(plain)
    loader.calls.clear()
    pipeline = Pipeline(engine)
    pipeline.add_algo(MinMaxQuantization(COARSE, engine))
    pipeline.add_algo(BiasCorrection(params, engine))
    pipeline.run(held)
    return plain, held, pipeline.algo_seq[1].result, loader


def mean_output(held, items):
    return np.mean([run(held.members[0].model, item[None])[0] for item in items], axis=0)


def test_the_mean_output_comes_back():
    model = tiny_cnn()
    plain, held, result, _ = corrected(model, items=60)
    assert result.corrected == ("conv1", "conv2", "fc")
    items = images(60)
    expected = mean_output(CompressedModel(graph=model), items)
    before, after = (np.abs(mean_output(found, items) - expected).max() for found in (plain, held))
    assert after < 0.3 * before


def test_layers_of_one_level_share_a_pass():
    _, _, result, loader = corrected(worked_example())
    assert len(result.corrected) == 8
    assert result.passes == 1 + 7, "conv4 and deconv lie on one level"
    # Ten items for the ranges; two of them, once for the original and once for the quantized model, for the biases.
    assert loader.calls == [*range(10), 0, 5, 0, 5]


def test_at_least_one_item_is_used():
    *_, loader = corrected(tiny_cnn(), items=3)
    assert loader.calls == [0, 1, 2, 0, 0]


def test_activations_stay_quantized_in_the_result():
    plain, held, _, _ = corrected(tiny_cnn())

    def quantizers(found):
        return {node.name for node in found.snapshot().of_type("FakeQuantize")}

    assert quantizers(held) == quantizers(plain)


def test_only_chosen_layers_are_corrected():
    engine = IEEngine({}, labelled_images(5))
    held = CompressedModel(graph=tiny_cnn())
    pipeline = Pipeline(engine)
    pipeline.add_algo(MinMaxQuantization(COARSE, engine))
    pipeline.add_algo(BiasCorrection({}, engine))
    pipeline.algo_seq[1].only = frozenset({"conv2"})
    pipeline.run(held)
    assert pipeline.algo_seq[1].result.corrected == ("conv2",)


def test_implausible_shifts_are_refused():
    _, _, result, _ = corrected(tiny_cnn(), threshold=1e-9)
    assert (result.corrected, len(result.layers)) == ((), 3)


def test_a_quantized_model_can_be_corrected_later():
    engine = IEEngine({}, labelled_images(30))
    model = tiny_cnn()
    held = CompressedModel(graph=model)
    MinMaxQuantization(COARSE, engine).run(held)
    items = images(30)
    expected = mean_output(CompressedModel(graph=model), items)
    before = np.abs(mean_output(held, items) - expected).max()
    algorithm = BiasCorrection({}, engine)
    algorithm.run(held)
    assert algorithm.result.corrected == ("conv1", "conv2", "fc")
    assert np.abs(mean_output(held, items) - expected).max() < 0.5 * before


def test_models_in_floating_point_cost_no_pass():
    loader = labelled_images(5)
    algorithm = BiasCorrection({}, IEEngine({}, loader))
    algorithm.run(CompressedModel(graph=tiny_cnn()))
    assert (algorithm.result.layers, loader.calls) == ((), [])


def test_one_odd_item_does_not_decide():
    ordinary = [np.array([0.1, -0.2]), np.array([0.2, -0.1]), np.array([0.15, -0.15])]
    np.testing.assert_allclose(AVERAGE([*ordinary[:2], np.array([90.0, 80.0])]), [0.2, -0.1])
    np.testing.assert_allclose(AVERAGE(ordinary), [0.15, -0.15])


def test_later_statistics_must_be_collected_anew():
    assert BiasCorrection().change_original_model


def test_layers_with_float_weights_are_corrected_where_all_are_asked_for():
    wish = {**COARSE, "ignored": {"scope": ["fc"]}}

    def result(**params):
        engine = IEEngine({}, labelled_images(10))
        pipeline = Pipeline(engine)
        pipeline.add_algo(MinMaxQuantization(wish, engine))
        pipeline.add_algo(BiasCorrection(params, engine))
        held = pipeline.run(CompressedModel(graph=tiny_cnn()))
        return held, pipeline.algo_seq[1].result

    _, few = result()
    _, every = result(apply_for_all_nodes=True)
    assert set(few.corrected) == {"conv1", "conv2"}
    assert set(every.corrected) == {"conv1", "conv2", "fc"}
