import pytest

from openpot.errors import ConfigError
from openpot.legacy.output_keys import convert_output_key, convert_to_outputs_name


@pytest.mark.parametrize(
    ("key", "text"), [("conv", "conv"), (("split", 1), "split.1"), (3, 3)], ids=["name", "name and number", "other"]
)
def test_tuples_become_texts(key, text):
    assert convert_output_key(key) == text


@pytest.mark.parametrize("key", [("a",), ("a", 1, 2), ()], ids=["one", "three", "none"])
def test_tuples_of_other_lengths_are_refused(key):
    with pytest.raises(ConfigError, match="tuple"):
        convert_output_key(key)


@pytest.mark.parametrize(("key", "pair"), [("conv", ("conv", 0)), (("split", 1), ("split", 1))], ids=["name", "pair"])
def test_bare_names_mean_output_zero(key, pair):
    assert convert_to_outputs_name(key) == pair
