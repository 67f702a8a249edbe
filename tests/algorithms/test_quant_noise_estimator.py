"""Signal and noise of the layers of a quantized network."""

import csv

import numpy as np
import pytest

import openvino as ov
from openpot.engine.openvino_engine import IEEngine
from openpot.errors import ConfigError
from openpot.graph.model import CompressedModel
from openpot.pipeline import create_pipeline
from openvino import opset13 as op
from real_networks import loader_of, text_direction
from toy_engines import labelled_images
from toy_models import images, run, tiny_cnn, worked_example

COARSE = {"weights": {"bits": 4, "level_low": -7, "level_high": 7}}


def estimated(model, loader=None, quantization="MinMaxQuantization", settings=None, **params):
    held = CompressedModel(graph=model)
    entries = [{"name": quantization, "params": settings or {}}, {"name": "QuantNoiseEstimator", "params": params}]
    pipeline = create_pipeline(entries, IEEngine({"device": "CPU"}, loader or labelled_images()))
    pipeline.run(held)
    return held, {record.layer: record for record in pipeline.algo_seq[1].result.layers}


def biased_outputs(model, layer):
    node = next(node for node in model.get_ops() if node.get_friendly_name() == f"{layer}_bias")
    part = ov.Model([op.result(node)], model.get_parameters(), "part")
    return np.stack([run(part, sample[None])[0] for sample in images()])


@pytest.mark.parametrize("kind", ["sqnr", "sqnr_per_channel", "sqnr_sample_per_channel"])
def test_the_ratio_is_that_of_the_outputs(kind):
    model = tiny_cnn()
    held, records = estimated(model, type=kind)
    assert set(records) == {"conv1", "conv2", "fc"}
    for layer in ("conv1", "conv2"):
        signal, quantized = (biased_outputs(one, layer) for one in (model, held.members[0].model))
        axes = {"sqnr": None, "sqnr_per_channel": (0, 1, 3, 4), "sqnr_sample_per_channel": (1, 3, 4)}[kind]
        expected = np.square(signal).mean(axes) / np.square(signal - quantized).mean(axes)
        assert records[layer].sqnr == pytest.approx(expected.mean(), rel=0.02)
        assert records[layer].decibel == pytest.approx(10 * np.log10(expected.mean()), abs=0.1)
        if kind == "sqnr_per_channel":
            np.testing.assert_allclose(records[layer].channels, expected, rtol=0.02)


def test_ratios_of_single_elements_are_dominated_by_lucky_ones():
    _, single = estimated(tiny_cnn(), type="sqnr_eltwise_mean", eps=1e-6)
    _, whole = estimated(tiny_cnn())
    assert single["conv2"].sqnr > 10 * whole["conv2"].sqnr


def test_layers_alone_have_less_noise_than_with_all_before_them():
    model = worked_example()
    _, full = estimated(model, settings=COARSE)
    _, alone = estimated(model, settings=COARSE, mode="layerwise_fq_noise")
    assert set(full) == set(alone)
    assert alone["conv1"].sqnr == pytest.approx(full["conv1"].sqnr, rel=1e-3)
    for layer in ("conv2", "conv4", "conv5", "fc"):
        assert alone[layer].sqnr > 1.2 * full[layer].sqnr


def test_the_layer_with_coarse_weights_is_found_in_a_real_network():
    model, samples = text_direction()
    probe = [node.name for node in CompressedModel(graph=model).snapshot().nodes_of_type("Convolution")][20]
    coarse = {"layerwise_configs": [{f"{probe}/fq_weights_1": COARSE["weights"]}]}
    held = CompressedModel(graph=model)
    entries = [
        {"name": "MinMaxQuantization", "params": coarse},
        {"name": "QuantNoiseEstimator", "params": {"mode": "layerwise_fq_noise", "stat_subset_size": 4}},
    ]
    pipeline = create_pipeline(entries, IEEngine({"device": "CPU"}, loader_of(samples)))
    pipeline.run(held)
    result = pipeline.algo_seq[1].result
    assert len(result.layers) > 30
    assert result.worst_first[0].layer == probe


def test_the_model_stays_as_it_is():
    with_estimate, _ = estimated(tiny_cnn())
    without = CompressedModel(graph=tiny_cnn())
    create_pipeline([{"name": "MinMaxQuantization"}], IEEngine({"device": "CPU"}, labelled_images())).run(without)
    sample = images(1)[0][None]
    np.testing.assert_array_equal(
        run(with_estimate.members[0].model, sample)[0], run(without.members[0].model, sample)[0]
    )
    assert list(with_estimate.snapshot().nodes) == list(without.snapshot().nodes)


def test_a_quantized_model_can_be_measured_later():
    held, together = estimated(tiny_cnn())
    pipeline = create_pipeline([{"name": "QuantNoiseEstimator"}], IEEngine({"device": "CPU"}, labelled_images()))
    pipeline.run(held)
    for record in pipeline.algo_seq[0].result.layers:
        assert record.sqnr == pytest.approx(together[record.layer].sqnr, rel=1e-3)


def test_corrected_biases_and_inserted_ones_are_compared_with_the_original():
    _, plain = estimated(worked_example(), settings=COARSE)
    # 4 bits are too coarse for the budget of the outputs: without one all layers stay quantized.
    settings = {**COARSE, "max_output_error": float("inf")}
    _, corrected = estimated(worked_example(), quantization="DefaultQuantization", settings=settings)
    assert set(plain) == set(corrected)
    assert corrected["conv4"].sqnr > plain["conv4"].sqnr


def test_the_table_is_written_where_it_is_asked_for(tmp_path):
    path = tmp_path / "noise.csv"
    _, records = estimated(tiny_cnn(), results_dump_filename=str(path))
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert [row["layer"] for row in rows] == list(records)
    assert float(rows[0]["sqnr_db"]) == pytest.approx(records["conv1"].decibel, abs=1e-3)


def test_models_in_floating_point_are_refused():
    pipeline = create_pipeline([{"name": "QuantNoiseEstimator"}], IEEngine({"device": "CPU"}, labelled_images()))
    with pytest.raises(ConfigError, match="needs a quantized model"):
        pipeline.run(CompressedModel(graph=tiny_cnn()))


def test_a_large_eps_bounds_the_ratio_of_elements_without_noise():
    ratios = [estimated(tiny_cnn(), type="sqnr_eltwise_mean", eps=eps)[1]["conv2"].sqnr for eps in (1e-12, 1e-6, 1e-2)]
    assert ratios[0] > 2 * ratios[1] > 4 * ratios[2] > 0


def test_as_many_samples_are_compared_as_asked_for():
    _, two = estimated(tiny_cnn(), stat_subset_size=2)
    _, six = estimated(tiny_cnn())
    assert two["conv2"].sqnr != six["conv2"].sqnr
