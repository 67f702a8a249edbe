"""What all pages have in common."""

from openpot.report.page.markup import element
from openpot.report.page.whole_page import write_page


def test_nothing_is_loaded_and_the_subject_is_text():
    page = write_page("<net>", [element("p", "body"), None])
    assert "<title>openpot: &lt;net&gt;</title>" in page
    assert "default-src 'none'" in page
    assert "<main><p>body</p></main>" in page
