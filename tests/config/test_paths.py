from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from openpot.config.paths import CHECK_PATHS, InputPath


class Section(BaseModel):
    file: InputPath


def test_a_path_is_not_looked_for_unless_asked():
    assert Section(file="nowhere.xml").file == Path("nowhere.xml")


def test_a_missing_file_is_named_with_a_near_one(tmp_path):
    (tmp_path / "net.xml").touch()
    assert Section.model_validate({"file": tmp_path / "net.xml"}, context=CHECK_PATHS).file.exists()
    with pytest.raises(ValidationError, match=r"no file '.*nett\.xml'; did you mean 'net\.xml'\?"):
        Section.model_validate({"file": tmp_path / "nett.xml"}, context=CHECK_PATHS)
