"""A page as one document: what is the same for every report."""

from __future__ import annotations

from collections.abc import Iterable

from openpot.report.page.markup import Content, element, write_document
from openpot.report.page.style import STYLE

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""The browser itself is told to run no script and to load nothing; images lie in the page itself."""


def write_page(subject: str, parts: Iterable[Content]) -> str:
    """The whole document as text.

    Args:
        subject: what the page is about, for its title.
        parts: of the body, in order; None is left out.
    """
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", f"openpot: {subject}"),
        element("style", STYLE),
    )
    return write_document(head, element("body", element("main", *parts)))
