"""Text of others, made safe to print."""

import pytest

from openpot.printable import make_printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("conv1/Größe 模型", "conv1/Größe 模型"),
        ("\x1b]0;title\x07", r"\x1b]0;title\x07"),
        ("a\rb", r"a\rb"),
        ("\x9b31m", r"\x9b31m"),
        ("gpj.\u202eexe", r"gpj.\u202eexe"),
        ("\udcff", r"\udcff"),
        ("two\nlines\tand", "two\nlines\tand"),
    ],
    ids=ascii,
)
def test_what_a_terminal_would_obey_is_shown_instead(text, shown):
    assert make_printable(text) == shown
    make_printable(text).encode()


def test_a_name_stays_on_its_line():
    assert make_printable("a\nb\tc", keeps_lines=False) == r"a\nb\tc"
