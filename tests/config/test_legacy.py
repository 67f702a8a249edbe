"""POT's spellings."""

import pytest

from openpot.config.legacy import POT_KEYS, translate_model_type, translate_preset, translate_saturation_fix
from openpot.registry import COMPRESSION_ALGORITHMS


@pytest.mark.parametrize(
    ("text", "expected"),
    [("symmetric", "performance"), ("Asymmetric", "accuracy"), (" Mixed ", "mixed"), ("nope", "nope"), (3, 3)],
)
def test_presets_under_their_older_names(text, expected):
    assert translate_preset(text) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("Transformer", "transformer"), ("TRANSFORMER", "transformer"), ("None", None), ("", None), (None, None)],
)
def test_model_types_in_any_case(value, expected):
    assert translate_model_type(value) == expected


@pytest.mark.parametrize(("value", "expected"), [("All", "all"), (False, "no"), (True, True), ("no", "no")])
def test_saturation_fix_survives_yaml(value, expected):
    assert translate_saturation_fix(value) == expected


def test_no_key_of_openpot_is_listed_as_foreign():
    for algorithm in COMPRESSION_ALGORITHMS.registry_dict.values():
        assert not set(algorithm.config_class.model_fields) & set(POT_KEYS)
