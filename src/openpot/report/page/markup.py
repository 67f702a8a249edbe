"""HTML as a tree of elements: whatever is put into it is text, because only the tree becomes markup.

Nothing is pasted into a template, so no name of a node or file can open a tag. The tree is that of the standard
library, which escapes texts and attributes when it is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TypeAlias
from xml.etree.ElementTree import Element, tostring

Content: TypeAlias = Element | str | None

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Control characters and halves of characters: they are in no file format that a browser reads."""


def element(tag: str, *content: Content, **attributes: str) -> Element:
    """An element with its content in order.

    Args:
        tag: its name.
        content: elements and texts; None is left out.
        attributes: by name; ``_`` stands for ``-``, and one at the end is dropped (``class_``).
    """
    named = {name.rstrip("_").replace("_", "-"): clean_text(value) for name, value in attributes.items()}
    made = Element(tag, named)
    for entry in content:
        if isinstance(entry, str):
            _append_text(made, clean_text(entry))
        elif entry is not None:
            made.append(entry)
    return made


def clean_text(text: str) -> str:
    """The text with a sign in the place of what cannot be shown."""
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def section(heading: str, *content: Content, **attributes: str) -> Element:
    """A part of the page under a heading."""
    return element("section", element("h2", heading), *content, **attributes)


def table(headings: Sequence[str], rows: Iterable[Sequence[Content]], **attributes: str) -> Element:
    """A table that can be scrolled sideways where the screen is narrow."""
    head = element("thead", element("tr", *(element("th", heading, scope="col") for heading in headings)))
    body = element("tbody", *(element("tr", *(element("td", cell) for cell in row)) for row in rows))
    return element("div", element("table", head, body, **attributes), class_="wide")


def bullet_list(entries: Iterable[Content]) -> Element:
    """Entries as a list."""
    return element("ul", *(element("li", entry) for entry in entries))


def write_document(head: Element, body: Element) -> str:
    """The whole document as text."""
    root = element("html", head, body, lang="en")
    return f"<!DOCTYPE html>\n{write_fragment(root)}\n"


def write_fragment(part: Element) -> str:
    """One element as text."""
    return tostring(part, encoding="unicode", method="html")


def _append_text(made: Element, text: str) -> None:
    """Text goes after the last child, or before the first one."""
    if len(made):
        made[-1].tail = (made[-1].tail or "") + text
    else:
        made.text = (made.text or "") + text
