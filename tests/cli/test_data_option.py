"""The option that names a data set."""

import warnings

import numpy as np
import pytest
from PIL import Image

from openpot.cli.data_option import open_data_of_option
from openpot.errors import ConfigError
from openpot.graph.read import read_model
from toy_models import images, tiny_cnn


@pytest.mark.parametrize("warns", [True, False])
def test_images_say_how_they_become_inputs(tmp_path, capsys, warns):
    Image.fromarray(np.zeros((20, 20, 3), np.uint8)).save(tmp_path / "a.png")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        loader = open_data_of_option(str(tmp_path), read_model(tiny_cnn()), None, {"mean": (1.0, 2.0, 3.0)}, warns)
    assert any("is guessed" in str(entry.message) for entry in caught) is warns
    assert loader.preprocessing.mean == (1.0, 2.0, 3.0)
    assert "1 images: layout CHW; RGB; 16x16" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("data", "choices", "words"),
    [(None, {}, "--data is missing"), ("samples.npz", {"mean": (1.0,)}, "holds no image files: mean can only")],
    ids=["no data", "no images"],
)
def test_what_makes_no_sense_is_refused(tmp_path, monkeypatch, data, choices, words):
    monkeypatch.chdir(tmp_path)
    np.savez("samples.npz", data=np.stack(images(2)))
    with pytest.raises(ConfigError, match=words):
        open_data_of_option(data, read_model(tiny_cnn()), None, choices)
