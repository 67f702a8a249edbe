import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpot.config.commented_json import parse_commented_json
from openpot.errors import ConfigError

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(JSON_VALUES)
def test_plain_json_is_read_as_the_standard_library_reads_it(value):
    assert parse_commented_json(json.dumps(value)) == value
    assert parse_commented_json(json.dumps(value, ensure_ascii=False, indent=2)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1 // one\n}', {"a": 1}),
        ('/* head */ {"a": /* inside \n of two lines */ [1, 2,],}', {"a": [1, 2]}),
        ('{"url": "http://x/*y*/", "b": "a, ]"}', {"url": "http://x/*y*/", "b": "a, ]"}),
        (r'{"a": "\" // no comment"}', {"a": '" // no comment'}),
    ],
    ids=["line", "block and last commas", "inside a text", "behind an escaped quote"],
)
def test_comments_and_last_commas_are_passed_over(text, value):
    assert parse_commented_json(text) == value


def test_the_place_of_an_error_is_that_in_the_file():
    with pytest.raises(ConfigError, match=r"line 3, column 8: Expecting value"):
        parse_commented_json('{ // first\n /* second */\n  "a": oops}')


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"a": 1, "b": 2, "a": 3}', "'a' is there twice"),
        ('{"a": NaN}', "NaN is no number"),
        ("[" * 100_000, "nested too deeply|Expecting value"),
        ('{"a": 1,,}', "line 1, column"),
        ("", "line 1, column 1"),
    ],
    ids=["key twice", "NaN", "deep", "two commas", "empty"],
)
def test_what_is_no_json_is_refused(text, words):
    with pytest.raises(ConfigError, match=words):
        parse_commented_json(text)
