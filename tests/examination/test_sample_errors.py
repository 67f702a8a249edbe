"""Worst samples, and what the samples hold."""

import numpy as np

from openpot.examination.sample_errors import SHOWN, describe_inputs, find_worst_samples
from openpot.inference.feeds import Feed
from toy_models import images, tiny_cnn


def feeds_of(samples, first=0):
    return [Feed(place, (first + place,), {0: sample[None]}) for place, sample in enumerate(samples)]


def test_the_sample_on_which_models_differ_most_comes_first():
    model, samples = tiny_cnn(), images(10)
    samples[4] = samples[4] * 6  # a louder input moves the outputs of another network further
    worst = find_worst_samples(model, tiny_cnn(seed=3), feeds_of(samples, first=20))
    assert len(worst) == SHOWN
    assert worst[0].number == 24
    errors = [sample.error for sample in worst]
    assert errors == sorted(errors, reverse=True)
    assert all(sample.thumbnail.startswith("data:image/png;base64,") for sample in worst)


def test_equal_models_have_no_error():
    worst = find_worst_samples(tiny_cnn(), tiny_cnn(), feeds_of(images(3)))
    assert [(sample.number, sample.error) for sample in worst] == [(0, 0.0), (1, 0.0), (2, 0.0)]


def test_of_a_sequence_the_worst_step_counts():
    feeds = [Feed(place, (place // 2,), {0: sample[None]}) for place, sample in enumerate(images(6))]
    worst = find_worst_samples(tiny_cnn(), tiny_cnn(seed=3), feeds)
    assert sorted(sample.number for sample in worst) == [0, 1, 2]


def test_inputs_are_described_with_samples_that_are_equal():
    arrays = [np.full((1, 2), value, np.float32) for value in (1, 3, 1)]
    ids = [np.zeros((1, length), np.int64) for length in (4, 5, 6)]
    pairs = zip(arrays, ids, strict=True)
    first, second = describe_inputs(["x", "ids"], [{0: array, 1: tokens} for array, tokens in pairs])
    assert (first.name, first.samples, first.equal_samples, first.shapes) == ("x", 3, 1, ((1, 2),))
    assert (first.low, first.high, round(first.mean, 4)) == (1, 3, 1.6667)
    assert second.shapes == ((1, 4), (1, 5), (1, 6))
    assert second.element_type == "int64"
