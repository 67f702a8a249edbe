"""Samples that are grouped, and outputs of those that only fill up an inference."""

import numpy as np
import pytest

from openpot.inference.feeds import Feed
from openpot.inference.fixed_batch import count_samples_of_inference, drop_repeated
from toy_engines import ListLoader
from toy_models import images, tiny_cnn


@pytest.mark.parametrize(
    ("batch", "sample_batch", "wanted", "expected"),
    [(1, 1, 1, 1), (4, 1, 1, 4), (4, 4, 1, 1), (4, 1, 2, 4), (4, 1, 3, 3)],
)
def test_how_many_samples_an_inference_takes(batch, sample_batch, wanted, expected):
    samples = [np.repeat(sample[None], sample_batch, axis=0) for sample in images(4)]
    assert (
        count_samples_of_inference(tiny_cnn(batch=batch), ListLoader([(sample, None) for sample in samples]), wanted)
        == expected
    )


def test_no_sample_is_loaded_for_models_that_take_one_at_a_time():
    assert count_samples_of_inference(tiny_cnn(), None, 3) == 3


def test_outputs_of_repeated_samples_are_dropped():
    outputs = {"scores": np.arange(12).reshape(4, 3), "sum": np.array(7), "anchors": np.ones((5, 2))}
    feed = Feed(0, (8, 9), {}, num_repeated=2)
    found = drop_repeated(outputs, feed, 0)
    np.testing.assert_array_equal(found["scores"], [[0, 1, 2], [3, 4, 5]])
    assert found["sum"].shape == ()
    assert found["anchors"].shape == (5, 2)


def test_outputs_are_as_they_were_where_nothing_is_repeated():
    outputs = {"scores": np.ones((4, 3))}
    assert drop_repeated(outputs, Feed(0, (0, 1, 2, 3), {}), 0) is outputs
