"""How samples reach workers."""

import numpy as np
import pytest

from openpot.data.shared_samples import PickedSamples, can_be_sent
from toy_engines import ListLoader
from toy_models import images


def test_picked_samples_have_their_numbers_in_the_data_set():
    samples = images(6)
    picked = PickedSamples(ListLoader(samples), [4, 1, 4])
    assert len(picked) == 6
    np.testing.assert_array_equal(picked[4], samples[4])
    with pytest.raises(KeyError):
        picked[0]


def test_loaders_that_hold_their_samples_or_cannot_be_pickled_stay():
    assert can_be_sent(range(10))
    assert not can_be_sent([np.zeros(1 << 21, np.uint8)])
    assert not can_be_sent(lambda: 0)
