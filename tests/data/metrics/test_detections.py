"""Forms of detectors' outputs."""

import numpy as np
import pytest

from openpot.data.metrics.detections import Detections, read_detections
from openpot.errors import MetricError

BOXES, SCORES, LABELS = [[0, 0, 4, 4], [1, 1, 2, 2]], [0.9, 0.4], [1, 3]
SSD = np.array([[[[0, 1, 0.9, 0, 0, 4, 4], [0, 3, 0.4, 1, 1, 2, 2], [-1, 0, 0, 0, 0, 0, 0], [0, 9, 9, 9, 9, 9, 9]]]])
ROWS = np.array([[[0, 0, 4, 4, 0.9, 1], [1, 1, 2, 2, 0.4, 3]]])


@pytest.mark.parametrize(
    "outputs",
    [[SSD], [ROWS], [{"boxes": BOXES, "scores": SCORES, "labels": LABELS}], [Detections(BOXES, SCORES, LABELS)]],
    ids=["rows-of-7", "rows-of-6", "dict", "detections"],
)
def test_known_forms_are_read(outputs):
    found = read_detections(outputs)
    assert found.boxes.tolist() == BOXES
    assert found.scores.tolist() == SCORES
    assert found.labels.tolist() == LABELS


def test_nothing_found_has_empty_arrays():
    assert read_detections([np.full((1, 1, 5, 7), -1.0)]).boxes.shape == (0, 4)


def test_unknown_form_is_refused_with_its_shapes():
    with pytest.raises(MetricError, match=r"no known form of detections: \[\(1, 84, 8400\)\]; give decode="):
        read_detections([np.zeros((1, 84, 8400))])
    with pytest.raises(MetricError, match="no known form"):
        read_detections([])


def test_counts_must_agree_and_be_finite():
    with pytest.raises(MetricError, match="2 boxes, 1 scores and 2 labels"):
        Detections(BOXES, [0.5], LABELS)
    with pytest.raises(MetricError, match="not finite"):
        Detections(BOXES, [0.5, np.nan], LABELS)
