import math
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpot.config.config_file import PARSERS
from openpot.config.config_text import format_config, format_toml
from openpot.errors import ConfigError

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
VALUES = st.recursive(
    st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=15,
)


@given(st.dictionaries(TEXTS, VALUES, max_size=4))
def test_toml_holds_what_was_written(content):
    assert tomllib.loads(format_toml(content)) == content


@pytest.mark.parametrize("suffix", PARSERS)
def test_every_format_is_read_back_as_it_was_written(suffix):
    content = {"model": {"model": "é.xml"}, "compression": {"algorithms": [{"name": "A", "params": {"x": [1, 2.5]}}]}}
    assert PARSERS[suffix](format_config(content, suffix)) == content


def test_tables_that_hold_only_tables_have_no_heading_of_their_own():
    content = {"a": {"b": {"c": 1}}, "list": [{"x": 1}, {"x": 2}]}
    assert format_toml(content) == "[a.b]\nc = 1\n\n[[list]]\nx = 1\n\n[[list]]\nx = 2\n"


def test_infinity_is_a_number_of_toml_and_not_of_json():
    assert tomllib.loads(format_config({"threshold": math.inf}, ".toml")) == {"threshold": math.inf}
    with pytest.raises(ConfigError, match=r"write \.toml or \.yaml"):
        format_config({"threshold": math.inf}, ".json")


def test_another_suffix_is_refused():
    with pytest.raises(ConfigError, match=r"'\.ini' is not known"):
        format_config({}, ".ini")
