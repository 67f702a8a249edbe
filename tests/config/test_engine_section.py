import pytest
from pydantic import ValidationError

from openpot.config.engine_section import (
    ENGINE_TYPES,
    AccuracyCheckerEngineConfig,
    OpenPotEngineConfig,
    SimplifiedEngineConfig,
    find_engine_type,
)


@pytest.mark.parametrize(
    ("section", "kind"),
    [
        ({"type": "simplified", "data": {}}, "simplified"),
        ({"data": {}}, "openpot"),
        ({"type": "data_free"}, "data_free"),
        ({"config": "ac.yml"}, "accuracy_checker"),
        ({}, "accuracy_checker"),
    ],
    ids=["stated", "own data", "made up", "a file", "nothing"],
)
def test_the_type_is_stated_or_follows_from_the_keys(section, kind):
    assert find_engine_type(section) == kind
    assert kind in ENGINE_TYPES


def test_what_the_engine_object_takes_is_what_is_stated():
    config = SimplifiedEngineConfig(data_source="pics", stat_requests_number=2)
    assert config.collect_runtime_settings() == {"device": "CPU", "stat_requests_number": 2}


def test_own_data_may_come_without_a_metric():
    assert OpenPotEngineConfig(data={"image_folder": "pics"}).metrics == ()


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ({}, "needs config with the path of a YAML"),
        ({"config": "a.yml", "datasets": []}, "either config with a file, or datasets"),
    ],
    ids=["nothing", "both"],
)
def test_the_accuracy_checker_is_described_by_a_file_or_here(section, words):
    with pytest.raises(ValidationError, match=words):
        AccuracyCheckerEngineConfig(**section)
