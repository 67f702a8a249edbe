"""Charts as inline SVG."""

from openpot.report.page.charts import WIDTH, draw_bars, draw_share, draw_shares


def widths(chart):
    return [float(block.get("width")) for block in chart.iter("rect")]


def test_bars_are_on_one_scale_and_say_their_values():
    chart = draw_bars("sizes", [("before", 4.0, "4 MB", "before"), ("after", 1.0, "1 MB", "after")])
    before, after = widths(chart)
    assert abs(before / after - 4) < 0.01
    assert {"before", "4 MB", "after", "1 MB"} <= {text.text for text in chart.iter("text")}
    assert chart.find("title").text == "sizes"


def test_nothing_but_zeros_can_be_drawn():
    assert widths(draw_bars("sizes", [("before", 0.0, "0", "before")])) == [1.0]
    assert draw_bars("none", []).get("viewBox") == f"0 0 {WIDTH} 0"


def test_shares_fill_the_bar():
    chart = draw_shares("work", [("INT8", 0.75, "int8"), ("float", 0.25, "float")])
    assert widths(chart)[:2] == [0.75 * WIDTH, 0.25 * WIDTH]
    assert "INT8: 75.0%" in {text.text for text in chart.iter("text")}


def test_one_share_is_a_bar():
    assert widths(draw_share(0.5)) == [50.0]
