import builtins

import pytest

from openpot.config.safe_yaml import parse_yaml
from openpot.errors import ConfigError, MissingExtraError


def test_mappings_lists_numbers_and_references_are_read():
    text = "base: &base {preset: mixed}\nparams:\n  <<: *base\n  stat_subset_size: 300\nnames: [a, b]\n"
    assert parse_yaml(text) == {
        "base": {"preset": "mixed"},
        "params": {"preset": "mixed", "stat_subset_size": 300},
        "names": ["a", "b"],
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: !!python/object/apply:os.system ['true']", "line 1, column 4: could not determine a constructor"),
        ("a: 1\nb: {c: 1, c: 2}\n", "line 2: the key 'c' is there twice"),
        ("a: [1, 2\nb: 3\n", "line 2"),
    ],
    ids=["object of Python", "key twice", "unbalanced"],
)
def test_what_is_dangerous_or_broken_is_refused_with_its_place(text, words):
    with pytest.raises(ConfigError, match=words):
        parse_yaml(text)


def test_without_pyyaml_the_message_says_what_to_install(monkeypatch):
    real = builtins.__import__

    def without_yaml(name, *arguments, **others):
        if name == "yaml":
            raise ImportError(name)
        return real(name, *arguments, **others)

    monkeypatch.setattr(builtins, "__import__", without_yaml)
    with pytest.raises(MissingExtraError, match=r"openpot\[yaml\].*JSON or TOML"):
        parse_yaml("a: 1")
