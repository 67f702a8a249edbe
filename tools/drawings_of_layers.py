"""Drawings of what happens to one layer or one tensor."""

from __future__ import annotations

import math

from svg_drawing import Drawing


def bell(x: float, mean: float = 0.0, spread: float = 1.0) -> float:
    """A bell of height 1."""
    return math.exp(-0.5 * ((x - mean) / spread) ** 2)


def draw_levels() -> Drawing:
    """What FakeQuantize does to numbers: the nearest level, and the ends for what lies outside."""
    drawing = Drawing("Rounding to levels and clipping", height=190)
    left, right, levels = 90, 550, 9
    step = (right - left) / (levels - 1)
    drawing.write_text(20, 34, "float values")
    drawing.write_text(20, 164, "levels: the integers that are stored")
    for level in range(levels):
        drawing.draw_line(left + level * step, 118, left + level * step, 138)
        drawing.write_text(left + level * step, 112, str(level), "soft", "middle")
    drawing.draw_line(left, 128, right, 128)
    for value in (0.23, 1.8, 2.45, 4.1, 5.62, 6.5, 8.9):
        x = left + value * step
        nearest = left + min(round(value), levels - 1) * step
        kind = "bad" if value > levels - 1 else "int8"
        drawing.draw_dot(x, 52, kind)
        drawing.draw_arrow(x, 58, nearest, 96)
    drawing.write_text(right + 76, 34, "clipped", "soft", "end")
    drawing.write_text(left, 182, "low end of the range", "soft", "middle")
    drawing.write_text(right, 182, "high end", "soft", "middle")
    return drawing


def draw_ranges() -> Drawing:
    """The widest range keeps rare values and has coarse steps; the average range clips them and has fine ones."""
    drawing = Drawing("Widest and average range of one tensor", height=210)
    values = [bell(x, 0, 1.0) + 0.012 * (4.8 < abs(x) < 5.6) for x in (number * 0.2 - 6 for number in range(61))]
    drawing.draw_bars(80, 120, 480, [90 * value for value in values], "float")
    for y, half, name, kind in ((142, 224, "widest", "int8"), (182, 108, "average", "good")):
        drawing.draw_line(320 - half, y, 320 + half, y)
        for level in range(17):
            x = 320 - half + half * level / 8
            drawing.draw_line(x, y - 6, x, y + 6)
        drawing.draw_dot(320 - half, y, kind)
        drawing.draw_dot(320 + half, y, kind)
        drawing.write_text(20, y + 5, name)
    drawing.write_text(550, 100, "rare values", "soft", "middle")
    return drawing


def draw_shift() -> Drawing:
    """Rounding moves the mean of a layer's outputs; the bias moves it back."""
    drawing = Drawing("Bias shift", height=190)

    def place(x: float, y: float) -> tuple[float, float]:
        return 320 + 60 * x, 140 - 95 * y

    drawing.draw_line(60, 140, 580, 140)
    drawing.draw_curve(lambda x: bell(x, -0.6), (-4.2, 4.2), place)
    drawing.draw_curve(lambda x: bell(x, 0.8, 1.05), (-4.2, 4.2), place, "other")
    drawing.draw_arrow(368, 28, 284, 28)
    drawing.write_text(380, 32, "what is added to the bias")
    drawing.write_text(150, 90, "float model", "soft", "middle")
    drawing.write_text(500, 90, "quantized", "soft", "middle")
    drawing.write_text(320, 172, "output of one channel, over samples and positions", "soft", "middle")
    return drawing


def draw_equalization() -> Drawing:
    """Channels between two layers get one size: what the first layer gains, the second takes back."""
    drawing = Drawing("Channels between two layers, before and after", height=190)
    before, after = [20, 95, 8, 40, 12, 60], [52, 60, 48, 55, 50, 57]
    for left, heights, name in ((60, before, "before"), (370, after, "after")):
        drawing.draw_bars(left, 140, 210, heights, "int8")
        drawing.draw_line(left, 40, left + 206, 40, "thin")
        drawing.draw_line(left, 140, left + 206, 140)
        drawing.write_text(left + 103, 166, f"ranges of channels, {name}", "soft", "middle")
    drawing.write_text(60, 34, "end of the common range", "soft")
    drawing.draw_arrow(290, 95, 350, 95)
    return drawing


def draw_smoothing() -> Drawing:
    """A large channel of the data is divided, and the row of weights that it meets is multiplied."""
    drawing = Drawing("Smoothing", height=200)
    before = ([12, 70, 16, 10], [30, 26, 34, 28])
    after = ([16, 38, 20, 14], [26, 46, 30, 24])
    for left, (data, weights), name in ((50, before, "before"), (360, after, "after")):
        kinds = ["int8", "bad" if name == "before" else "good", "int8", "int8"]
        drawing.draw_bars(left, 130, 110, data, kinds)
        drawing.draw_bars(left + 130, 130, 110, weights, kinds)
        drawing.write_text(left + 53, 152, "data", "soft", "middle")
        drawing.write_text(left + 183, 152, "weights", "soft", "middle")
        drawing.write_text(left + 120, 178, f"channels, {name}", "soft", "middle")
    drawing.draw_arrow(304, 100, 344, 100)
    return drawing


def draw_filters() -> Drawing:
    """Rounding changes mean and spread of a filter's weights; both are restored."""
    drawing = Drawing("Weights of one filter", height=180)

    def place(x: float, y: float) -> tuple[float, float]:
        return 320 + 60 * x, 130 - 90 * y

    drawing.draw_line(60, 130, 580, 130)
    drawing.draw_curve(lambda x: bell(x, 0, 1.2), (-4, 4), place)
    drawing.draw_curve(lambda x: bell(x, 0.5, 0.8), (-4, 4), place, "other")
    drawing.write_text(180, 76, "float", "soft", "middle")
    drawing.write_text(448, 76, "rounded", "soft", "middle")
    drawing.write_text(320, 162, "a factor and a shift bring the red curve onto the blue one", "soft", "middle")
    return drawing


def draw_pairs() -> Drawing:
    """Without VNNI two products are added in 16 bits; weights are scaled by sums of neighbours."""
    drawing = Drawing("Pairs of products in 16 bits", height=200)
    for number, (first, second) in enumerate(((127, 90), (40, 100), (115, 20))):
        x = 60 + 190 * number
        drawing.draw_bars(x, 140, 60, [first * 0.55, second * 0.55], "int8")
        total = first + second
        drawing.draw_bars(x + 70, 140, 40, [total * 0.55], "bad" if total > 128 else "good")
        drawing.write_text(x + 90, 160, str(total), anchor="middle")
        drawing.write_text(x + 30, 160, f"{first} + {second}", "soft", "middle")
    drawing.draw_line(40, 140 - 128 * 0.55, 600, 140 - 128 * 0.55, "thin")
    drawing.write_text(600, 28, "the line is at 128: the most that always fits", "soft", "end")
    drawing.write_text(
        320, 188, "only filters with a large pair are scaled, instead of halving all weights", "soft", "middle"
    )
    return drawing


def draw_splitting() -> Drawing:
    """The channel with the largest weights is there twice, each time with half of them."""
    drawing = Drawing("Outlier channel splitting", height=170)
    drawing.draw_bars(70, 130, 200, [30, 110, 25, 36, 28], ["int8", "bad", "int8", "int8", "int8"])
    drawing.draw_bars(350, 130, 240, [30, 55, 55, 25, 36, 28], ["int8", "good", "good", "int8", "int8", "int8"])
    drawing.draw_arrow(285, 90, 335, 90)
    drawing.write_text(170, 154, "the range follows one channel", "soft", "middle")
    drawing.write_text(470, 154, "half the range, same outputs", "soft", "middle")
    return drawing
