"""What was guessed about images is a warning, each value with its source."""

import numpy as np
import pytest
from PIL import Image

import openpot
from openpot.api.image_guesses import find_preprocessing, warn_of_guesses
from openpot.data.annotated import AnnotatedSamples
from openpot.data.held_out_samples import SelectedSamples
from openpot.data.image_folder import open_image_folder
from openpot.data.input_description import InputDescription
from openpot.errors import OpenPotWarning
from toy_models import tiny_cnn

ALL = {"layout": "CHW", "channel_order": "RGB", "keeps_aspect_ratio": True, "mean": (), "scale": ()}


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(0)
    for number in range(6):
        Image.fromarray(rng.integers(0, 256, (20, 30, 3), np.uint8)).save(tmp_path / f"{number}.png")
    return tmp_path


def loader_of(folder, name="x", info=None, **choices):
    description = InputDescription(name, frozenset([name]), (1, 3, 16, 16), model_info=info or {})
    return open_image_folder(folder, [description], **choices)


def test_each_guess_has_its_value_and_its_source(folder):
    with pytest.warns(OpenPotWarning) as caught:
        warn_of_guesses(loader_of(folder))
    text = str(caught[0].message)
    for words in (
        "layout CHW (shape of the input (1, 3, 16, 16))",
        "channel order RGB (default)",
        "resizing: cut to its proportions (default)",
        "mean [123.675, 116.28, 103.53] (default of channels first: mean and deviation of ImageNet)",
        "--dry-run --data FOLDER",
    ):
        assert words in text


def test_the_name_of_the_input_and_the_model_are_sources(folder):
    assert (
        "channel order BGR (name of the input 'image_bgr')"
        in loader_of(folder, "image_bgr").preprocessing.list_guesses()
    )
    stated = loader_of(folder, info={"mean_values": "1 2 3", "reverse_input_channels": "no"}).preprocessing
    assert [guess.partition(" ")[0] for guess in stated.list_guesses()] == ["layout"]


def test_what_is_chosen_is_no_guess(folder):
    loader = loader_of(folder, **ALL)
    warn_of_guesses(loader)
    assert loader.preprocessing.list_guesses() == ()
    warn_of_guesses([np.zeros(3)])


def test_the_images_are_found_in_wrapped_loaders(folder):
    loader = loader_of(folder)
    wrapped = SelectedSamples(AnnotatedSamples(loader, lambda sample: 0), [0])
    assert find_preprocessing(wrapped) is loader.preprocessing


def test_a_result_has_the_warning(folder):
    with pytest.warns(OpenPotWarning, match="how images become inputs is guessed"):
        result = openpot.quantize(tiny_cnn(), folder, timing=False)
    assert sum("is guessed" in warning for warning in result.warnings) == 1


def test_errors_name_the_file_and_its_size(folder):
    loader = loader_of(folder, **ALL)
    (folder / "9.png").write_bytes((folder / "0.png").read_bytes())
    description = InputDescription("x", frozenset("x"), (1, 3, None, None))
    loader = open_image_folder(folder, [description], **{**ALL, "mean": (0.0,) * 3, "scale": (1.0,) * 3})
    with pytest.raises(openpot.DataError, match=r"sample \d \(.*\d\.png, 30x20 pixels\), input 'data'"):
        openpot.quantize(tiny_cnn(), loader, timing=False)
