r"""Text that somebody else chose (names of operations, of files) made safe to print.

A terminal obeys control characters: they move the cursor, hide lines, set the title. Signs that turn the direction of
writing around make a name look like another one. Both are shown as Python would write them, ``\x1b``.
"""

from __future__ import annotations

import re

_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
_BREAKS = re.compile("[\t\n]")


def make_printable(text: str, keeps_lines: bool = True) -> str:
    """``text`` without anything that a terminal would obey.

    Args:
        text: what is to be printed.
        keeps_lines: leave line breaks and tabs as they are; False for a name, which must not begin a line of its own.
    """
    shown = _UNSAFE.sub(_escape, text)
    return shown if keeps_lines else _BREAKS.sub(_escape, shown)


def _escape(match: re.Match[str]) -> str:
    return ascii(match[0])[1:-1]
