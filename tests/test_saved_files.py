"""A file that is not the one that was saved is noticed by the record beside it."""

import json

import pytest

from openpot.errors import FileError, MissingFileError, ModelError
from openpot.saved_files import hash_file, require_unaltered, verify_saved


@pytest.fixture
def saved(tmp_path):
    (tmp_path / "model.bin").write_bytes(b"weights")
    files = {"model.bin": hash_file(tmp_path / "model.bin")}
    (tmp_path / "run.json").write_text(json.dumps({"files": files}))
    return tmp_path


def test_what_was_saved_passes(saved):
    assert list(verify_saved(saved)) == ["model.bin"]
    require_unaltered(saved / "model.bin")
    require_unaltered(saved / "other.bin")


def test_a_byte_that_changed_is_noticed(saved):
    (saved / "model.bin").write_bytes(b"weightz")
    for check, path in ((verify_saved, saved), (require_unaltered, saved / "model.bin")):
        with pytest.raises(ModelError, match=r"model\.bin' is not the file that was saved"):
            check(path)


def test_without_a_record_nothing_is_claimed(tmp_path):
    (tmp_path / "model.bin").write_bytes(b"x")
    require_unaltered(tmp_path / "model.bin")
    with pytest.raises(MissingFileError, match=r"there is no run\.json"):
        verify_saved(tmp_path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "no record of a saved result"),
        ("[]", "no record"),
        ('{"files": 3}', "no record"),
        ('{"files": {}}', "names no files"),
        ('{"files": {"../model.bin": "0"}}', "names no files"),
        ('{"files": {"gone.bin": "0"}}', "there is no file"),
    ],
)
def test_a_record_that_is_none_is_refused(saved, text, words):
    (saved / "run.json").write_text(text)
    require_unaltered(saved / "model.bin")
    with pytest.raises(FileError, match=words):
        verify_saved(saved)
