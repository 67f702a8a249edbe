import pytest
from pydantic import ValidationError

from openpot.config.data_section import DataConfig, MetricConfig


def test_choices_about_images_are_those_that_are_stated():
    config = DataConfig(image_folder="pics", layout="NHWC", mean=[1, 2, 3], keeps_aspect_ratio=False)
    assert config.collect_image_choices() == {"layout": "NHWC", "mean": (1.0, 2.0, 3.0), "keeps_aspect_ratio": False}


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ({}, "exactly one of the keys image_folder, npz and callable"),
        ({"image_folder": "a", "npz": "b"}, "exactly one"),
        ({"npz": "a.npz", "mean": [1]}, "mean: only for image_folder; npz is used as it is"),
        ({"callable": "no module"}, "match pattern"),
        ({"callable": "a:b", "annotations": "x"}, "returns pairs"),
        ({"image_folder": "a", "central_fraction": 0}, "greater than 0"),
        ({"image_folder": "a", "label_offset": 1}, "only for image_folder with annotations"),
    ],
    ids=["nothing", "two", "images only", "name", "pairs", "fraction", "offset"],
)
def test_data_that_cannot_be_meant_are_refused(section, words):
    with pytest.raises(ValidationError, match=words):
        DataConfig(**section)


def test_other_keys_of_a_metric_are_its_parameters():
    assert MetricConfig(name="accuracy", top_k=5).parameters == {"top_k": 5}
    assert MetricConfig(callable="mine:score", name="score", higher_better=False).parameters == {}


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ({}, "name .a ready-made metric. or callable"),
        ({"callable": "mine:score", "top_k": 5}, "top_k: only ready-made metrics"),
        ({"name": "accuracy", "higher_better": True}, "higher_better: only for callable"),
    ],
    ids=["nothing", "parameters", "direction"],
)
def test_a_metric_that_cannot_be_meant_is_refused(section, words):
    with pytest.raises(ValidationError, match=words):
        MetricConfig(**section)
