"""What the device converts between layers."""

import numpy as np

from openpot.measure.conversion_times import time_conversions
from toy_models import tiny_cnn


def test_conversions_take_a_part_of_the_whole_time():
    times = time_conversions(tiny_cnn(), [{0: np.zeros((1, 3, 16, 16), np.float32)}])
    assert times.total > 0
    assert 0 <= sum(times.seconds.values()) <= times.total
    assert list(times.seconds) == sorted(times.seconds)
