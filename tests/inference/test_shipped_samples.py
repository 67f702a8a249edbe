"""Samples on their way to workers."""

import numpy as np
import pytest

from openpot.inference.feeds import NextStep
from openpot.inference.shipped_samples import KnownSamples
from openpot.workers import NotThereError

FEEDS = ({1: np.arange(6, dtype=np.int64).reshape(2, 3), 0: np.array(["a", "bc"])}, NextStep({0: np.zeros((0, 2))}))
OUTPUTS = ([np.float32(3), np.full((1, 2), np.nan, np.float16)], [])


def plain(samples):
    feeds = [(type(feed), {number: describe(array) for number, array in feed.items()}) for feed in samples.feeds]
    return feeds, [[describe(array) for array in arrays] for arrays in samples.outputs]


def describe(array):
    array = np.asarray(array)
    return array.dtype, array.shape, array.tobytes()


@pytest.mark.parametrize("attach_content", [False, True])
def test_samples_arrive_as_they_left_and_are_read_once(attach_content):
    samples = KnownSamples(FEEDS, OUTPUTS)
    sent = samples.shipped.attach_content() if attach_content else samples.shipped
    assert plain(sent.keep()) == plain(samples)
    assert sent.keep() is samples.shipped.keep()


def test_a_file_that_is_not_seen_is_asked_for():
    samples = KnownSamples(FEEDS, OUTPUTS)
    sent = samples.shipped
    del samples
    with pytest.raises(NotThereError):
        sent.keep()


def test_objects_are_not_sent():
    assert KnownSamples(({0: np.array([{}])},), ([],)).shipped is None
