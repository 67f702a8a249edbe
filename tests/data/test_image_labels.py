from pathlib import Path

import pytest

from openpot.data.image_labels import match_labels
from openpot.errors import DataError, MissingFileError


def test_folders_are_classes_in_the_order_of_their_names():
    files = [Path("d/cat/1.png"), Path("d/ant/1.png"), Path("d/cat/2.png"), Path("d/dog/1.png")]
    assert match_labels(files, "folders") == (1, 0, 1, 2)


def test_one_folder_is_no_class():
    with pytest.raises(DataError, match="all images lie in d"):
        match_labels([Path("d/1.png")], "folders")


def test_names_in_a_file_may_have_folders(tmp_path):
    listing = tmp_path / "labels.txt"
    listing.write_text("1.png 4\n\nb/2.png\t7\nmy picture.png 0\n")
    files = [Path("x/1.png"), Path("x/b/2.png"), Path("x/my picture.png")]
    assert match_labels(files, str(listing)) == (4, 7, 0)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("other.png 1\n", "no label for the image 1.png"),
        ("1.png cat\n", "line 1: expected 'name label'"),
        ("1.png 1\n3\n", "line 2: expected 'name label'"),
    ],
    ids=["missing", "word", "one column"],
)
def test_images_without_a_label_and_lines_without_sense_are_refused(tmp_path, text, words):
    listing = tmp_path / "labels.txt"
    listing.write_text(text)
    with pytest.raises(DataError, match=words):
        match_labels([Path("1.png")], str(listing))


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(MissingFileError, match=r"labels\.txt"):
        match_labels([Path("1.png")], str(tmp_path / "labels.txt"))
