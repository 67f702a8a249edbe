"""Points of models over two axes."""

import re

from openpot.report.page.markup import write_fragment
from openpot.report.page.scatter import Point, draw_points

POINTS = [Point(0.0, 0.4, "float"), Point(0.5, 0.2, "packed"), Point(1.0, 0.1, "int8", is_chosen=True)]


def places(text):
    return [(float(x), float(y)) for x, y in re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', text)]


def test_points_lie_as_their_values_do():
    text = write_fragment(draw_points("points", POINTS, ("left", "right"), 0.3))
    (x0, y0), (x1, y1), (x2, y2) = places(text)
    assert x0 < x1 < x2
    assert y0 < y1 < y2, "down is less"
    assert text.count('r="7"') == 1
    assert "limit 0.3" in text


def test_one_place_and_values_below_zero_are_drawn():
    text = write_fragment(draw_points("points", [Point(2.0, -0.1, "int8"), Point(2.0, 0.0, "int8")], ("left", "right")))
    assert len(set(places(text))) == 1
    assert "nan" not in text
    assert "limit" not in text
