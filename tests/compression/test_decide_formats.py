import pytest

from compressible_models import language_model, token_samples
from openpot.compression.compress_model import find_model_weights
from openpot.compression.decide_formats import FormatDecider
from openpot.compression.split_samples import SplitSamples
from openpot.config.ignored_scope import IgnoredScope
from openpot.config.weight_compression import WeightCompressionConfig
from openpot.errors import ConfigError, StageFailedWarning
from openpot.progress import SilentProgress
from toy_models import loop_model


def decider(samples=None, **stated):
    model = language_model()
    tensors = find_model_weights(model, IgnoredScope()).tensors
    return FormatDecider(model, tensors, WeightCompressionConfig(**stated), samples, SilentProgress())


def samples():
    feeds = [{0: sample} for sample in token_samples(4)]
    return SplitSamples(feeds, feeds)


def test_stated_formats_are_taken_as_they_are():
    decision = decider(weight_format="int4_asym").decide()
    assert decision.curve is None
    assert [choice.weight_format.name for choice in decision.choices] == ["int8_asym", "int4_asym", "int4_asym"]


def test_with_data_the_curve_is_of_the_outputs_and_without_of_the_weights():
    assert decider(samples(), max_size="5 bits").decide().curve.measures == "divergence of the next token"
    assert decider(max_size="5 bits").decide().curve.measures == "error of the weights"


@pytest.mark.parametrize(("size", "has_two_bits"), [("5 bits", False), ("3.5 bits", True)])
def test_what_two_bits_lose_is_measured_where_a_size_takes_them(size, has_two_bits, monkeypatch):
    probed = []

    def measure(model, probes, *_):
        probed.extend(probe.weight_format.name for probe in probes)
        return {}

    monkeypatch.setattr("openpot.compression.decide_formats.measure_sensitivities", measure)
    choices = decider(samples(), max_size=size).decide().choices
    assert ("int2_asym" in probed) is has_two_bits
    assert any(choice.weight_format.name == "int2_asym" for choice in choices) is has_two_bits


def test_of_two_limits_the_size_is_kept():
    both = decider(samples(), max_size="4.5 bits", max_output_error=1e-9).decide()
    assert both.curve.chosen.bits_per_weight <= 4.5


def test_a_measurement_that_fails_leaves_the_weights_to_decide(monkeypatch):
    def fail(*_):
        raise RuntimeError("no")

    monkeypatch.setattr("openpot.compression.decide_formats.measure_sensitivities", fail)
    with pytest.warns(StageFailedWarning, match="chosen by the weights alone"):
        decision = decider(samples(), max_size="5 bits").decide()
    assert decision.curve.measures == "error of the weights"


def test_a_limit_on_the_loss_takes_data():
    with pytest.raises(ConfigError, match="needs data"):
        decider(max_output_error=0.1)


def test_a_size_that_cannot_be_reached_is_refused_before_anything_is_measured(monkeypatch):
    monkeypatch.setattr("openpot.compression.decide_formats.measure_sensitivities", None)
    with pytest.raises(ConfigError, match="smallest possible size"):
        decider(samples(), max_size="1 bit")


def test_weights_of_bodies_are_within_the_size_as_well():
    model = loop_model(width=32)
    tensors = find_model_weights(model, IgnoredScope()).tensors
    config = WeightCompressionConfig(max_size="4.7 bits")
    (choice,) = FormatDecider(model, tensors, config, None, SilentProgress()).decide().choices
    assert (choice.weights.tensor.node, choice.weight_format.name) == ("loop|fc_w", "int4_asym")
