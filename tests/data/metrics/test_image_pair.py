"""Two images of one shape."""

import numpy as np
import pytest

from openpot.data.metrics.image_pair import pair_images
from openpot.errors import MetricError


def test_batch_axis_goes_and_values_are_clipped_and_borders_cut():
    output = np.array([[[[-1.0, 0.5, 9.0], [0.2, 0.4, 0.6], [0.1, 0.1, 0.1]]]])
    made, wanted = pair_images(output, np.zeros((1, 3, 3)), 0, 1.0, True)
    assert made.shape == wanted.shape == (1, 3, 3)
    assert (made.min(), made.max()) == (0.0, 1.0)
    assert pair_images(output, np.zeros((1, 1, 3, 3)), 1, 1.0, False)[0].tolist() == [[[0.4]]]
    assert pair_images(output, np.zeros((1, 3, 3)), 0, 1.0, False)[0].max() == 9.0


@pytest.mark.parametrize(
    ("annotation", "border", "message"),
    [(np.zeros((3, 3, 1)), 0, "cannot be compared"), (np.zeros((1, 3, 3)), 2, "a border of 2 pixels leaves nothing")],
    ids=["layout", "border"],
)
def test_images_that_cannot_be_compared_are_refused(annotation, border, message):
    with pytest.raises(MetricError, match=message):
        pair_images(np.zeros((1, 1, 3, 3)), annotation, border, 1.0, True)
