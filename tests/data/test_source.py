"""What a text names decides how it is opened."""

import numpy as np
import pytest

from openpot.data.adapt import IndexedSamples
from openpot.data.columns import ColumnRows
from openpot.data.image_folder import ImageLoader
from openpot.data.input_description import InputDescription
from openpot.data.source import open_data, open_data_source
from openpot.errors import DataError, MissingFileError

Image = pytest.importorskip("PIL.Image")

NCHW = [InputDescription("data", frozenset({"data"}), (1, 3, 8, 8))]


@pytest.fixture
def folder(tmp_path):
    Image.fromarray(np.zeros((9, 9, 3), np.uint8)).save(tmp_path / "a.png")
    (tmp_path / "list.txt").write_text("a.png\na.png\n")
    np.savez(tmp_path / "rows.npz", data=np.zeros((5, 3, 8, 8)))
    np.save(tmp_path / "rows.npy", np.zeros((4, 3, 8, 8)))
    np.save(tmp_path / "objects.npy", np.array([{}], object), allow_pickle=True)
    (tmp_path / "model.onnx").touch()
    return tmp_path


@pytest.mark.parametrize(
    ("name", "kind", "length"),
    [
        ("", ImageLoader, 1), ("*.png", ImageLoader, 1), ("list.txt", ImageLoader, 2), ("a.png", ImageLoader, 1),
        ("rows.npz", ColumnRows, 5), ("rows.npy", IndexedSamples, 4),
    ],
    ids=["folder", "pattern", "list", "image", "npz", "npy"],
)  # fmt: skip
def test_every_kind_of_source(folder, name, kind, length):
    for source in (folder / name, str(folder / name)):
        loader = open_data_source(source, NCHW)
        assert type(loader) is kind
        assert len(loader) == length


def test_choices_reach_the_images(folder):
    assert open_data_source(folder, NCHW, mean=(), scale=()).preprocessing.scale == ()


def test_a_callable(folder, monkeypatch):
    (folder / "source_of_rows.py").write_text("def load():\n    return [[1.0, 2.0]] * 6\n")
    monkeypatch.chdir(folder)
    assert len(open_data_source("source_of_rows:load")) == 6


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [
        ("absent", MissingFileError, "absent.*expected a folder of images"),
        ("model.onnx", DataError, "no data set that openpot can open; expected"),
        ("objects.npy", DataError, "no .npy array that can be read"),
    ],
)
def test_other_sources_are_refused_with_what_is_accepted(folder, name, error, words):
    with pytest.raises(error, match=words):
        open_data_source(folder / name, NCHW)


def test_data_and_texts_have_one_door(folder):
    assert type(open_data(str(folder), NCHW)) is ImageLoader
    assert len(open_data([np.zeros(3)] * 2)) == 2
    assert len(open_data(iter([np.zeros(3)] * 9), subset_size=4)) == 4


def test_a_damaged_header_is_named(tmp_path):
    np.save(tmp_path / "data.npy", np.zeros((4, 3), np.float32))
    content = (tmp_path / "data.npy").read_bytes()
    (tmp_path / "data.npy").write_bytes(content.replace(b"}", b"(", 1))
    with pytest.raises(DataError, match=r"no \.npy array that can be read"):
        open_data_source(tmp_path / "data.npy")
