"""A page read back by the HTML parser of the standard library."""

from html.parser import HTMLParser


class Page(HTMLParser):
    """Tags in their order, all attributes, and the text outside of styles."""

    def __init__(self):
        super().__init__()
        self.tags, self.attributes, self.pieces, self.cells = [], [], [], []
        self._in_style = False

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        self._in_style = tag == "style"

    def handle_endtag(self, tag):
        self._in_style = False

    def handle_data(self, data):
        if not self._in_style:
            self.pieces.append(data)

    @property
    def text(self):
        return "".join(self.pieces).strip("\n")


def read_page(text):
    page = Page()
    page.feed(text.removeprefix("<!DOCTYPE html>"))
    page.close()
    return page
