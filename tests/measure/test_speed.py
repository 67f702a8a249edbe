import pytest

from openpot.errors import DataError, EngineError
from openpot.inference.compile import REFERENCE_PROPERTIES
from openpot.measure import speed
from openpot.measure.speed import MIN_TURNS, measure_speedup
from toy_models import images, tiny_cnn, worked_example


def test_all_ratios_are_told_in_order():
    result = measure_speedup(tiny_cnn(), worked_example(), [{0: image[None]} for image in images(4)], 0.05)
    for ratio in (result.throughput, result.latency, result.noise):
        assert 0 < ratio.lower <= ratio.median <= ratio.upper
    assert result.turns >= MIN_TURNS
    assert 1 <= result.num_feeds <= 4


@pytest.mark.parametrize(("precision", "named"), [("f32", None), ("bf16", "bf16")])
def test_the_gain_over_the_default_precision_is_told_where_that_is_not_f32(monkeypatch, precision, named):
    compiled = []

    def compile_model(model, device, properties):
        compiled.append(dict(properties))
        return real(model, device, REFERENCE_PROPERTIES | {"PERFORMANCE_HINT": properties["PERFORMANCE_HINT"]})

    real = speed.compile_model
    monkeypatch.setattr(speed, "compile_model", compile_model)
    monkeypatch.setattr(speed, "read_default_precision", lambda device: precision)
    result = measure_speedup(tiny_cnn(), tiny_cnn(), [{0: images(1)[0][None]}], 0.01)
    assert (result.over_default and result.over_default.precision) == named
    in_default = [properties for properties in compiled if "INFERENCE_PRECISION_HINT" not in properties]
    assert len(in_default) == (2 if named is None else 4)  # the INT8 model, and the float one where that differs
    assert len(compiled) - len(in_default) == 2
    if named is not None:
        ratio = result.over_default.throughput
        assert 0 < ratio.lower <= ratio.median <= ratio.upper


def test_lists_of_arrays_are_feeds_too():
    assert measure_speedup(tiny_cnn(), tiny_cnn(), [[image[None]] for image in images(2)], 0.01).turns >= MIN_TURNS


def test_nothing_to_measure_with_is_an_error():
    with pytest.raises(DataError, match="at least one feed"):
        measure_speedup(tiny_cnn(), tiny_cnn(), [])


def test_a_feed_that_does_not_fit_is_named():
    with pytest.raises(EngineError, match="sample 1"):
        measure_speedup(tiny_cnn(), tiny_cnn(), [[images(1)[0][None]], [images(1)[0]]], 0.01)
