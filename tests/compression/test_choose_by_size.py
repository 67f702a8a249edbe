import numpy as np
import pytest

import openpot
import openvino as ov
from compressible_models import language_model, linear, token_samples, weights
from openpot.compression.choose_by_size import SizeChooser, TensorOptions, estimate_losses
from openpot.compression.compress_model import find_model_weights
from openpot.compression.output_sensitivity import Sensitivity
from openpot.config.ignored_scope import IgnoredScope
from openpot.config.size_limit import SizeLimit
from openpot.errors import ConfigError
from openvino import opset13 as op


def tensors_of(model):
    return find_model_weights(model, IgnoredScope()).tensors


def chooser(sensitivities=None, fixed_bytes=100):
    model = language_model(tied=False)
    options = estimate_losses(model, tensors_of(model), sensitivities)
    return SizeChooser(options, fixed_bytes, "error of the weights", has_squares=False)


def test_options_lose_less_the_more_bits_they_have():
    model = language_model()
    for options in estimate_losses(model, tensors_of(model), None):
        assert (np.diff(options.sizes) > 0).all()
        assert (np.diff(options.losses) < 0).all()


def test_sensitive_tensors_get_the_bits():
    model = language_model(tied=False)
    tensors = tensors_of(model)
    sensitivities = {weights.tensor: Sensitivity(1e-3, None) for weights in tensors}
    sensitivities[tensors[1].tensor] = Sensitivity(1.0, None)
    choices, _ = chooser(sensitivities).choose_within(SizeLimit(bits_per_weight=6.0))
    bits = {choice.weights.name: choice.weight_format.num_bits for choice in choices}
    assert bits[tensors[1].name] == 8
    assert min(bits.values()) < 8


def test_two_bits_only_where_the_size_cannot_be_reached_without():
    names = {
        bits: {choice.weight_format.name for choice in chooser().choose_within(SizeLimit(bits_per_weight=bits))[0]}
        for bits in (3.5, 4.5)
    }
    assert "int2_asym" in names[3.5]
    assert "int2_asym" not in names[4.5]


def test_a_size_that_cannot_be_reached_is_refused_with_the_smallest_one():
    with pytest.raises(ConfigError, match=r"1\.5 bits per weight cannot be reached: .* is [23]\.\d\d bits per weight"):
        chooser().choose_within(SizeLimit(bits_per_weight=1.5))
    with pytest.raises(ConfigError, match=r"1\.00001 MB cannot be reached.*1\.0\d MB in all"):
        chooser(fixed_bytes=10**6).choose_within(SizeLimit(num_bytes=10**6 + 10))


def test_the_curve_falls_and_holds_what_was_chosen():
    choices, curve = chooser().choose_within(SizeLimit(bits_per_weight=5))
    assert curve.chosen.bits_per_weight <= 5
    assert curve.chosen.num_bytes == pytest.approx(100 + sum(choice.bits for choice in choices) / 8, abs=1)
    losses = [point.loss for point in curve.points]
    assert losses == sorted(losses, reverse=True)


def test_losses_without_a_measurement_are_those_of_the_median():
    model = language_model(tied=False)
    tensors = tensors_of(model)
    known = {weights.tensor: Sensitivity(0.5, None) for weights in tensors[1:]}
    options = estimate_losses(model, tensors, known)
    assert isinstance(options[0], TensorOptions)
    assert options[0].losses[0] > 0


@pytest.mark.parametrize("data", [None, "samples"])
def test_the_saved_model_has_the_size_that_was_asked_for(data, monkeypatch):
    monkeypatch.setattr("openpot.compression.judge_result.SECONDS_OF_TIMING", 0.0)
    samples = token_samples(10) if data else None
    sizes = []
    for max_size in ("4.6 bits", "6 bits", "14 kB"):
        result = openpot.compress_weights(language_model(), samples, max_size=max_size, min_agreement=0)
        limit = float(max_size.split()[0])
        within = result.bits_per_weight if "bits" in max_size else result.size_after / 1e3
        assert 0.8 * limit < within <= limit
        sizes.append(result.size_after)
        assert result.curve.chosen.num_bytes == pytest.approx(result.size_after, rel=0.03)
    assert sizes[0] < sizes[1]


def test_scales_that_half_precision_does_not_hold_count_with_32_bits():
    tokens = op.parameter([-1, 64], np.float32, name="data")
    product = linear(tokens, weights(1, 96, 64) * np.float32(1e-4), "up")
    model = ov.Model([op.result(product)], [tokens], "small_weights")
    (options,) = estimate_losses(model, tensors_of(model), None)
    num_scales = np.array([choice.weights.num_weights / choice.group_size for choice in options.choices])
    stated = np.array([choice.bits for choice in options.choices])
    np.testing.assert_allclose(options.sizes, (stated + 16 * num_scales) / 8)
