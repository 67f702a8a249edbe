from pathlib import Path

import pytest

from openpot.errors import FileError
from openpot.legacy.temporary_folder import create_tmp_dir


def test_folder_exists_until_it_is_cleaned_up(tmp_path):
    folder = create_tmp_dir(tmp_path)
    assert Path(folder.name).parent == tmp_path
    folder.cleanup()
    assert not Path(folder.name).exists()


def test_folders_differ():
    with create_tmp_dir() as first, create_tmp_dir() as second:
        assert first != second


def test_missing_parent_is_named(tmp_path):
    with pytest.raises(FileError, match="absent"):
        create_tmp_dir(tmp_path / "absent")
