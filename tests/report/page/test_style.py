"""The look of the page."""

import pytest

from openpot.report.page.style import STYLE


@pytest.mark.parametrize("word", ["prefers-color-scheme: dark", "@media print", "overflow-x: auto"])
def test_dark_paper_and_narrow_screens_are_provided_for(word):
    assert word in STYLE


def test_nothing_is_loaded_from_elsewhere_and_nothing_ends_the_style():
    assert not any(word in STYLE for word in ("url(", "@import", "<", "&"))
    assert STYLE.count("{") == STYLE.count("}")
