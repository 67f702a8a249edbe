"""The drawings of the guide are those that the committed script makes, and each is shown by a page."""

import sys
from xml.etree import ElementTree

import pytest

from guide_pages import PAGES, ROOT

sys.path.insert(0, str(ROOT / "tools"))

from draw_pictures import FOLDER, PICTURES


@pytest.mark.parametrize("name", sorted(PICTURES))
def test_the_file_is_what_the_script_draws(name):
    drawn = PICTURES[name]().write()
    assert (FOLDER / f"{name}.svg").read_text(encoding="utf-8") == drawn
    root = ElementTree.fromstring(drawn)
    assert root.find("{http://www.w3.org/2000/svg}title").text
    assert not [node for node in root.iter() if node.tag.endswith("script")]


def test_every_file_has_a_function_and_a_place_on_the_page():
    assert {path.stem for path in FOLDER.glob("*.svg")} == set(PICTURES)
    shown = PAGES["docs/how-it-works.md"]
    assert [name for name in PICTURES if f"(pictures/{name}.svg)" not in shown] == []
