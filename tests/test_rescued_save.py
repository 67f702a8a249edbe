"""A result that cannot be saved where it was meant to be."""

import tempfile

import pytest

from openpot.errors import FileError
from openpot.rescued_save import save_or_rescue


def writer(*refused):
    def save(folder):
        if any(folder == other or other in folder.parents for other in refused):
            raise FileError(f"cannot write into {str(folder)!r}")
        (folder / "model.xml").write_text("model")
        return folder / "model.xml"

    return save


def test_the_folder_that_was_named_comes_first(tmp_path):
    assert save_or_rescue(writer(), tmp_path) == tmp_path / "model.xml"


def test_beside_it_is_next(tmp_path):
    with pytest.raises(FileError, match=r"cannot write into .*out'\. The finished result is saved in '") as caught:
        save_or_rescue(writer(tmp_path / "out"), tmp_path / "out")
    (rescued,) = tmp_path.iterdir()
    assert (rescued / "model.xml").is_file()
    assert repr(str(rescued)) in str(caught.value)


def test_temporary_files_are_last(tmp_path, monkeypatch):
    (tmp_path / "temporary").mkdir()
    (tmp_path / "home").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    with pytest.raises(FileError, match="temporary/openpot-rescued-"):
        save_or_rescue(writer(tmp_path / "home"), tmp_path / "home" / "out")
    assert list((tmp_path / "home").iterdir()) == []


def test_nowhere_is_said_as_well(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(FileError, match="TMPDIR"):
        save_or_rescue(writer(tmp_path), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
