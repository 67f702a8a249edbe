import numpy as np
import pytest
from PIL import Image

import openvino as ov
from openpot.errors import ConfigError, MissingFileError
from openpot.legacy.image_functions import collect_img_files, crop, prepare_image

PIXELS = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)


def test_images_of_a_folder_come_as_texts_in_order(tmp_path):
    for name in ("b.png", "a.png"):
        Image.fromarray(PIXELS).save(tmp_path / name)
    (tmp_path / "notes.md").write_text("no image")
    assert collect_img_files(tmp_path) == [str(tmp_path / "a.png"), str(tmp_path / "b.png")]


def test_missing_folder_is_named(tmp_path):
    with pytest.raises(MissingFileError, match="absent"):
        collect_img_files(str(tmp_path / "absent"))


@pytest.mark.parametrize("layout", ["NCHW", "chw", ov.Layout("NCHW")], ids=["text", "no batch", "layout object"])
def test_channels_go_first_without_changing_their_order(layout):
    np.testing.assert_array_equal(prepare_image(PIXELS, layout), PIXELS.transpose(2, 0, 1))


def test_image_is_cropped_and_stretched():
    assert prepare_image(PIXELS, "NHWC", dst_shape=(8, 5)).shape == (8, 5, 3)
    np.testing.assert_array_equal(prepare_image(PIXELS, "HWC", central_fraction=0.5), PIXELS[1:3, 1:4])


def test_grey_images_get_an_axis_of_channels():
    assert prepare_image(PIXELS[..., 0], "NCHW", grayscale=True).shape == (1, 4, 6)


def test_unknown_layout_is_refused():
    with pytest.raises(ConfigError, match="NHWX"):
        prepare_image(PIXELS, "NHWX")


def test_images_are_resized_to_pots_pixels():
    image = (np.arange(4 * 6 * 3) * 53 % 256).astype(np.uint8).reshape(4, 6, 3)
    assert prepare_image(image[..., 0], "HWC", (2, 3), grayscale=True)[..., 0].tolist() == [
        [109, 171, 105],
        [97, 95, 157],
    ]
    assert prepare_image(image, "NCHW", (3, 4))[0].tolist() == [
        [60, 106, 185, 71],
        [127, 173, 124, 170],
        [87, 133, 62, 109],
    ]


def test_the_middle_is_cut_out_with_sizes_rounded_down():
    assert crop(PIXELS, 0.7).shape[:2] == (int(4 * 0.7), int(6 * 0.7))
    np.testing.assert_array_equal(crop(PIXELS, 0.5), PIXELS[1:3, 1:4])
