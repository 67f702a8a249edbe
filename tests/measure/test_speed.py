import pytest

from openpot.errors import DataError, EngineError
from openpot.measure.speed import MIN_TURNS, measure_speedup
from toy_models import images, tiny_cnn, worked_example


def test_all_ratios_are_told_in_order():
    result = measure_speedup(tiny_cnn(), worked_example(), [{0: image[None]} for image in images(4)], 0.05)
    for ratio in (result.throughput, result.latency, result.noise):
        assert 0 < ratio.lower <= ratio.median <= ratio.upper
    assert result.turns >= MIN_TURNS
    assert 1 <= result.num_feeds <= 4


def test_lists_of_arrays_are_feeds_too():
    assert measure_speedup(tiny_cnn(), tiny_cnn(), [[image[None]] for image in images(2)], 0.01).turns >= MIN_TURNS


def test_nothing_to_measure_with_is_an_error():
    with pytest.raises(DataError, match="at least one feed"):
        measure_speedup(tiny_cnn(), tiny_cnn(), [])


def test_a_feed_that_does_not_fit_is_named():
    with pytest.raises(EngineError, match="sample 1"):
        measure_speedup(tiny_cnn(), tiny_cnn(), [[images(1)[0][None]], [images(1)[0]]], 0.01)
