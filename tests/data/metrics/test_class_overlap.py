"""Label maps out of scores, and counted overlaps."""

import numpy as np
import pytest

from openpot.data.metrics.class_overlap import RegionReading
from openpot.errors import MetricError

LABELS = np.array([[0, 1, 1], [2, 2, 255]])
GUESSED = np.array([[0, 1, 2], [2, 0, 1]])
EXPECTED = [[1, 1, 1], [2, 1, 2], [1, 2, 2]]  # common, predicted, actual; the pixel 255 does not count


@pytest.mark.parametrize(
    ("output", "class_axis"),
    [
        (np.eye(3)[GUESSED].transpose(2, 0, 1)[None], 1),
        (np.eye(3)[GUESSED][None], 3),
        (GUESSED[None], 1),
        (GUESSED[None, None].astype(np.float32), 1),
    ],
    ids=["scores-nchw", "scores-nhwc", "labels", "labels-as-floats"],
)
def test_all_forms_of_output_give_the_same_counts(output, class_axis):
    assert RegionReading(3, class_axis).count_overlap(output, LABELS).tolist() == EXPECTED


def test_one_score_for_each_pixel_is_compared_with_the_threshold():
    scores = np.array([[[[0.9, 0.4], [0.6, 0.1]]]], np.float32)
    counts = RegionReading(2, threshold=0.5).count_overlap(scores, np.array([[1, 1], [0, 0]]))
    assert counts.tolist() == [[1, 1], [2, 2], [2, 2]]


def test_annotation_with_axes_of_size_one_is_accepted():
    assert RegionReading(3).count_overlap(GUESSED[None], LABELS[None, ..., None]).tolist() == EXPECTED


def test_shapes_that_do_not_agree_are_refused():
    with pytest.raises(MetricError, match=r"output of shape \(1, 3, 4, 4\) and labels of shape \(2, 3\)"):
        RegionReading(3).count_overlap(np.zeros((1, 3, 4, 4)), LABELS)


def test_label_outside_the_classes_is_refused():
    with pytest.raises(MetricError, match="actual labels from 0 to 2: expected 0 to 1"):
        RegionReading(2).count_overlap(np.zeros((1, 2, 3)), LABELS)
