"""Dice coefficient."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from openpot.data.metrics.dice import Dice
from openpot.data.metrics.mean_iou import MeanIoU
from openpot.errors import ConfigError

maps = npst.arrays(np.int64, (1, 3, 4), elements=st.integers(0, 1))


def test_background_does_not_count_unless_asked():
    predicted, actual = np.array([[[1, 1, 0, 0]]]), np.array([[1, 0, 0, 0]])
    for metric, expected in ((Dice(2), 2 / 3), (Dice(2, background=None), (2 / 3 + 4 / 5) / 2)):
        metric.update([predicted], [actual])
        assert metric.avg_value == {"dice": pytest.approx(expected)}


@given(maps, maps)
def test_of_one_class_it_follows_from_the_intersection_over_union(predicted, actual):
    dice, iou = Dice(2), MeanIoU(2)
    for metric in (dice, iou):
        metric.update([predicted], [actual[0]])
    both, either = ((predicted & actual) > 0).sum(), ((predicted | actual) > 0).sum()
    overlap = both / either if either else 1.0
    assert dice.avg_value["dice"] == pytest.approx(2 * overlap / (1 + overlap))


def test_nothing_to_find_and_nothing_found_is_right():
    metric = Dice(2)
    metric.update([np.zeros((1, 2, 2), int)], [np.zeros((2, 2), int)])
    assert metric.avg_value == {"dice": 1.0}


def test_a_class_is_needed():
    with pytest.raises(ConfigError, match="num_classes"):
        Dice(0)
