"""DefaultQuantization for GNA on a real network: what POT did there, part by part."""

from functools import cache

import pytest

from openpot.engine.openvino_engine import IEEngine
from openpot.graph.model import CompressedModel
from openpot.pipeline import create_pipeline
from openpot.recipes.default_quantization import DefaultQuantization
from real_networks import loader_of, output_error, outputs, text_direction
from toy_engines import labelled_images
from toy_models import tiny_cnn


@cache
def quantized(device, name="DefaultQuantization", **params):
    model, samples = text_direction()
    held = CompressedModel(graph=model)
    engine = IEEngine({"device": "CPU"}, loader_of(samples))
    pipeline = create_pipeline([{"name": name, "params": {"target_device": device, **params}}], engine)
    pipeline.run(held)
    return held, pipeline.algo_seq[0].result


@cache
def error_of(device, name="DefaultQuantization", **params):
    model, samples = text_direction()
    held, _ = quantized(device, name, **params)
    return output_error(outputs(model, samples), outputs(held.members[0].model, samples))


def test_weights_have_8_bits_on_gna3_and_corrected_biases_take_back_what_that_costs():
    held, result = quantized("GNA3")
    levels = {node.attributes["levels"] for node in held.snapshot().nodes_of_type("FakeQuantize")}
    assert levels == {255, 65536, 2**32}
    assert result.overflow.layers == ()
    minimal = error_of("GNA3", "MinMaxQuantization", placement="pot")
    fast, accurate = error_of("GNA3"), error_of("GNA3", use_fast_bias=False)
    assert minimal > 0.3
    assert fast < 0.8 * minimal
    assert accurate < 0.9 * fast


def test_sums_of_16_bit_products_fit_into_32_bits_and_the_outputs_stay():
    held, result = quantized("GNA")
    held = held.copy()
    assert 3 < len(result.overflow.corrected) < len(result.overflow.layers)
    _, samples = text_direction()
    again = create_pipeline(
        [{"name": "OverflowCorrection", "params": {"target_device": "GNA"}}],
        IEEngine({"device": "CPU"}, loader_of(samples)),
    )
    again.run(held)
    # The rounding of the divided weights may add a little.
    assert max(record.largest_sum for record in again.algo_seq[0].result.layers) < 1.001
    assert error_of("GNA") == pytest.approx(error_of("GNA", "MinMaxQuantization", placement="pot"), rel=0.1)
    assert error_of("GNA") < 0.06


def test_channels_are_aligned_as_pot_did():
    _, result = quantized("GNA3")
    assert result.alignment.pairs
    assert result.evidence is None


def test_the_plan_is_that_of_pot_without_a_word_about_it():
    held = CompressedModel(graph=tiny_cnn())
    plan = DefaultQuantization({"target_device": "GNA"}).plan(held)
    assert plan.placement == "pot"
    assert plan.warnings == ()
    assert not any("placement" in warning for warning in plan.warnings)


@pytest.mark.parametrize(("device", "is_there"), [("CPU", False), ("GNA", True), ("GNA3", True), ("GNA3.5", True)])
def test_only_gna_has_an_overflow_correction(device, is_there):
    algorithm = DefaultQuantization({"target_device": device}, IEEngine({"device": "CPU"}, labelled_images(4)))
    assert (getattr(algorithm.recipe, "overflow", None) is not None) is is_there
    algorithm.update_config({"target_device": "CPU", "use_fast_bias": True})
    assert algorithm.recipe.overflow is None
