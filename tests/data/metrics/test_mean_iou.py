"""Mean intersection over union."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from openpot.data.metrics.mean_iou import MeanIoU
from openpot.errors import ConfigError

maps = npst.arrays(np.int64, (1, 3, 4), elements=st.integers(0, 3))


def test_counts_of_all_samples_are_joined_before_dividing():
    metric = MeanIoU(2)
    metric.update([np.array([[[1, 1, 0, 0]]])], [np.array([[1, 0, 0, 0]])])
    assert metric.value == {"mIoU": [pytest.approx((1 / 2 + 2 / 3) / 2)]}
    metric.update([np.array([[[1, 1, 1, 1]]])], [np.array([[1, 1, 1, 1]])])
    assert metric.avg_value == {"mIoU": pytest.approx((5 / 6 + 2 / 3) / 2)}


@given(st.lists(st.tuples(maps, maps), min_size=1, max_size=4))
def test_it_is_the_mean_over_the_classes_that_occur(pairs):
    metric = MeanIoU(4)
    for predicted, actual in pairs:
        metric.update([predicted], [actual[0]])
    predicted, actual = (np.concatenate([pair[side] for pair in pairs]) for side in (0, 1))
    present = np.union1d(predicted, actual)
    by_class = [((predicted == c) & (actual == c)).sum() / ((predicted == c) | (actual == c)).sum() for c in present]
    assert metric.avg_value["mIoU"] == pytest.approx(np.mean(by_class))


def test_nothing_that_counts_is_nothing_wrong():
    metric = MeanIoU(3)
    metric.update([np.zeros((1, 2, 2))], [np.full((2, 2), 255)])
    assert metric.avg_value == {"mIoU": 1.0}


def test_a_class_is_needed():
    with pytest.raises(ConfigError, match="num_classes"):
        MeanIoU(0)
