"""HTML as a tree: text stays text."""

import pytest

from openpot.report.page.markup import clean_text, element, section, table, write_document
from report_reader import read_page

EVIL = "<script>alert(1)</script>&amp;\"'"


def test_text_is_text_wherever_it_stands():
    body = element("body", EVIL, element("p", "a", element("b", EVIL), EVIL, title=EVIL), EVIL)
    page = read_page(write_document(element("head"), body))
    assert page.tags == ["html", "head", "body", "p", "b"]
    assert page.text == f"{EVIL}a{EVIL}{EVIL}{EVIL}"
    assert page.attributes == [("lang", "en"), ("title", EVIL)]


def test_content_keeps_its_order_and_none_is_left_out():
    page = read_page(
        write_document(element("head"), element("body", "1", element("i", "2"), None, "3", element("b", "4")))
    )
    assert page.text == "1234"


def test_names_of_attributes_may_be_words_of_python():
    assert element("p", class_="a", aria_hidden="true").attrib == {"class": "a", "aria-hidden": "true"}


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\x7f", "\ud800", "\uffff"])
def test_what_no_file_can_hold_is_replaced(character):
    assert clean_text(f"a{character}b") == "a\N{REPLACEMENT CHARACTER}b"
    write_document(element("head"), element("body", character)).encode()


def test_a_table_has_a_row_for_each_entry():
    page = read_page(
        write_document(element("head"), section("h", table(["x", "y"], [["1", element("b", "2")], ["3", None]])))
    )
    assert (page.tags.count("tr"), page.tags.count("th"), page.tags.count("td")) == (3, 2, 4)
