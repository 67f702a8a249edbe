"""Image files by folder, pattern, list and name."""

import pytest

from openpot.data.image_files import find_image_files, has_image_suffix, is_pattern
from openpot.errors import DataError, MissingFileError


@pytest.fixture
def folder(tmp_path):
    for name in ("b.JPG", "a.png", "notes.md", "deep/c.jpeg", "deep/labels.json"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    return tmp_path


def names(files, folder):
    return [file.relative_to(folder).as_posix() for file in files]


def test_a_folder_gives_its_images_in_order_and_passes_over_other_files(folder):
    assert names(find_image_files(folder), folder) == ["a.png", "b.JPG", "deep/c.jpeg"]
    assert find_image_files(str(folder)) == find_image_files(folder)


def test_a_pattern(folder):
    assert names(find_image_files(f"{folder}/*.[pj]*"), folder) == ["a.png"]
    assert names(find_image_files(f"{folder}/**/*"), folder) == ["a.png", "b.JPG", "deep/c.jpeg"]
    assert is_pattern("images/*.jpg")
    assert not is_pattern("images")


def test_a_list_keeps_its_order_and_is_relative_to_itself(folder):
    listing = folder / "files.txt"
    listing.write_text("deep/c.jpeg\n\n  a.png  \n")
    assert names(find_image_files(listing), folder) == ["deep/c.jpeg", "a.png"]


def test_a_single_image(folder):
    assert names(find_image_files(folder / "a.png"), folder) == ["a.png"]
    assert has_image_suffix(folder / "b.JPG")


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [
        ("absent", MissingFileError, "no file or folder"),
        ("notes.md", DataError, "no images in .*suffixes .*png"),
        ("*.gif", DataError, "no images"),
    ],
)
def test_nothing_to_find_is_an_error(folder, name, error, words):
    with pytest.raises(error, match=words):
        find_image_files(folder / name)


def test_a_list_with_missing_files_names_the_first(folder):
    listing = folder / "files.txt"
    listing.write_text("a.png\nx.png\ny.png\n")
    with pytest.raises(MissingFileError, match=r"2 files that do not exist, the first is .*x\.png"):
        find_image_files(listing)


def test_a_list_of_absurd_size_is_not_read(folder, monkeypatch):
    monkeypatch.setattr("openpot.data.image_files.MAX_LIST_BYTES", 3)
    (folder / "files.txt").write_text("a.png\n")
    with pytest.raises(DataError, match="has 6 bytes"):
        find_image_files(folder / "files.txt")
