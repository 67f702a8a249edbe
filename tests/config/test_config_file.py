import json

import pytest

from openpot.config.config_file import MAX_VALUES, read_config_file
from openpot.errors import ConfigError, MissingFileError

CONTENT = {"model": {"model": "net.xml"}, "compression": {"algorithms": [{"name": "A", "params": {"x": 1.5}}]}}
TEXTS = {
    "config.json": json.dumps(CONTENT)[:-1] + ", // a comment\n}",
    "config.yaml": "model: {model: net.xml}\ncompression:\n  algorithms:\n  - name: A\n    params: {x: 1.5}\n",
    "config.YML": "model: {model: net.xml}\ncompression: {algorithms: [{name: A, params: {x: 1.5}}]}\n",
    "config.toml": 'model.model = "net.xml"\n[[compression.algorithms]]\nname = "A"\nparams = {x = 1.5}\n',
}


@pytest.mark.parametrize("name", TEXTS)
def test_every_format_holds_the_same(tmp_path, name):
    (tmp_path / name).write_text(TEXTS[name])
    assert read_config_file(tmp_path / name) == CONTENT


def test_a_byte_order_mark_is_passed_over(tmp_path):
    (tmp_path / "c.json").write_bytes(b"\xef\xbb\xbf{}")
    assert read_config_file(tmp_path / "c.json") == {}


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("c.ini", b"", r"ends in \.json, \.yaml, \.yml, \.toml; '\.ini' is not known"),
        ("c.json", b"[1]", "expected a mapping .* got a list"),
        ("c.yaml", b"", "expected a mapping .* got nothing"),
        ("c.json", b'{"a": }', r"c\.json: line 1, column 7"),
        ("c.toml", b"a = ", r"c\.toml: "),
        ("c.json", b'{"a": "\xff"}', "byte 7 is not UTF-8"),
        ("c.yaml", b"a: &a [*a]", "nested more than"),
    ],
    ids=["suffix", "list", "empty", "json", "toml", "bytes", "contains itself"],
)
def test_a_file_that_holds_no_configuration_is_refused(tmp_path, name, content, words):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ConfigError, match=words):
        read_config_file(tmp_path / name)


def test_a_small_file_that_unfolds_to_billions_of_values_is_refused(tmp_path):
    levels = ["a: &a [x,x,x,x,x,x,x,x,x]"]
    levels += [f"{new}: &{new} [{','.join([f'*{old}'] * 9)}]" for old, new in zip("abcdefgh", "bcdefghi", strict=True)]
    (tmp_path / "bomb.yaml").write_text("\n".join(levels))
    with pytest.raises(ConfigError, match=f"more than {MAX_VALUES} values"):
        read_config_file(tmp_path / "bomb.yaml")


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    (tmp_path / "c.json").write_text('{"a": "' + "x" * 200 + '"}')
    with pytest.raises(ConfigError, match="more than 100 bytes"):
        read_config_file(tmp_path / "c.json", max_bytes=100)


def test_a_missing_file_is_named_with_a_near_one(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(MissingFileError, match=r"no configuration file .*confg\.json'; did you mean 'config\.json'\?"):
        read_config_file(tmp_path / "confg.json")
