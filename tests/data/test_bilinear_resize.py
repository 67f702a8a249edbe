"""The integers of OpenCV 4.11's ``cv.resize``, as it gave them for these images."""

import numpy as np
import pytest

from openpot.data.bilinear_resize import resize_bilinear

IMAGE = (np.arange(4 * 6 * 3) * 53 % 256).astype(np.uint8).reshape(4, 6, 3)


@pytest.mark.parametrize(
    ("pixels", "expected"),
    [
        (
            IMAGE,
            [
                [[60, 113, 81], [106, 128, 127], [185, 78, 99], [71, 92, 146]],
                [[127, 180, 137], [173, 130, 87], [124, 145, 102], [170, 95, 148]],
                [[87, 86, 139], [133, 133, 154], [62, 105, 104], [109, 151, 151]],
            ],
        ),
        (IMAGE[..., 0], [[109, 171, 105], [97, 95, 157]]),
        (
            IMAGE[..., 0],
            [
                [0, 99, 123, 82, 201, 160, 88, 27],
                [130, 118, 141, 190, 174, 111, 106, 157],
                [151, 90, 114, 201, 128, 135, 159, 178],
                [95, 82, 106, 145, 72, 159, 183, 122],
                [46, 145, 168, 96, 23, 110, 133, 73],
            ],
        ),
    ],
    ids=["smaller", "half", "larger"],
)
def test_pixels_are_opencvs(pixels, expected):
    resized = resize_bilinear(pixels, len(expected), len(expected[0]))
    assert resized.dtype == np.uint8
    assert resized.tolist() == expected


def test_the_same_size_changes_nothing():
    assert resize_bilinear(IMAGE, 4, 6) is IMAGE


@pytest.mark.parametrize("size", [(3, 7), (40, 50), (1, 1), (64, 64)], ids=str)
def test_flat_images_stay_flat(size):
    assert (resize_bilinear(np.full((9, 11, 3), 200, np.uint8), *size) == 200).all()


def test_nothing_is_smoothed():
    stripes = np.tile(np.array([0, 0, 255, 0, 0, 0], np.uint8), (6, 10))
    assert resize_bilinear(stripes, 2, 20).max() == 0, "the centres of the new pixels miss the stripes"
    assert resize_bilinear(stripes, 6, 12).max() > 100
