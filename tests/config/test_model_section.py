from pathlib import Path

import pytest
from pydantic import ValidationError

from openpot.config.model_section import ModelSectionConfig

CASCADE = {"cascade": [{"name": "p", "model": "p.xml", "weights": "p.bin"}, {"name": "r", "model": "r.xml"}]}


def test_a_model_is_called_after_its_file_unless_it_has_a_name():
    assert ModelSectionConfig(model="nets/small.xml").name == "small"
    assert ModelSectionConfig(model="nets/small.xml", model_name="mine").name == "mine"


def test_one_model_is_what_load_model_takes():
    section = ModelSectionConfig(model="small.xml", weights="other.bin")
    assert section.load_config() == {"model": "small.xml", "weights": "other.bin", "model_name": "small"}
    assert section.files == (Path("small.xml"), Path("other.bin"))


def test_a_cascade_is_what_load_model_takes():
    section = ModelSectionConfig(**CASCADE)
    assert section.load_config() == {"model_name": None, **CASCADE}
    assert section.name == "p_r"
    assert section.files == (Path("p.xml"), Path("p.bin"), Path("r.xml"))


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ({}, "either the key 'model' with a path, or 'cascade'"),
        ({"model": "a.xml", **CASCADE}, "either the key 'model' with a path, or 'cascade'"),
        ({**CASCADE, "weights": "a.bin"}, "weights with each of its models"),
        ({"cascade": [{"name": "p", "model": "a.xml"}, {"name": "p", "model": "b.xml"}]}, "a name of its own"),
        ({"cascade": [{"model": "a.xml"}]}, "name"),
    ],
    ids=["nothing", "both", "weights", "one name twice", "no name"],
)
def test_a_section_that_contradicts_itself_is_refused(section, words):
    with pytest.raises(ValidationError, match=words):
        ModelSectionConfig(**section)
