"""Drawings of what happens to a whole model: plan, trial, repair, searches."""

from __future__ import annotations

import math

from svg_drawing import Drawing


def draw_flow() -> Drawing:
    """What happens to a network, from the plan to the report."""
    drawing = Drawing("From the float model to the result", height=150)
    steps = [
        ("plan", "no data"),
        ("calibrate", "one pass"),
        ("trial", "20 samples"),
        ("repair", "if needed"),
        ("check, time", "on the device"),
    ]
    for number, lines in enumerate(steps):
        drawing.draw_box(14 + 124 * number, 46, 106, 50, *lines)
        if number:
            drawing.draw_arrow(14 + 124 * number - 18, 71, 14 + 124 * number - 2, 71)
    drawing.write_text(14, 28, "float model", "soft")
    drawing.write_text(626, 28, "INT8 model, run.json, report.html", "soft", "end")
    drawing.write_text(14, 126, "what becomes integer, and why the rest does not", "soft")
    drawing.write_text(626, 126, "what really runs in INT8, and how fast", "soft", "end")
    return drawing


def draw_trial() -> Drawing:
    """One compiled graph, in which limits and shifts are inputs, stands for many quantized models."""
    drawing = Drawing("The trial graph", height=190)
    for number in range(3):
        x = 30 + 200 * number
        drawing.draw_box(x, 40, 70, 34, "quantizer")
        drawing.draw_arrow(x + 70, 57, x + 94, 57)
        drawing.draw_box(x + 96, 40, 62, 34, f"layer {number + 1}")
        drawing.draw_arrow(x + 158, 57, x + 198, 57)
        drawing.draw_arrow(x + 35, 118, x + 35, 78)
        drawing.draw_arrow(x + 127, 118, x + 127, 78)
    drawing.draw_block(30, 120, 580, 26, "area", 6)
    drawing.write_text(320, 138, "inputs of the graph: on or off, limits, bias shifts", anchor="middle")
    drawing.write_text(
        320, 172, "compiled once; every choice is one inference away from its output error", "soft", "middle"
    )
    return drawing


def draw_repair() -> Drawing:
    """Units are reverted to float, those first that bring most of the error for least of the work."""
    drawing = Drawing("Repair", height=200)
    errors = [70, 52, 30, 18, 12, 9, 7, 5]
    drawing.draw_bars(60, 130, 400, errors, ["bad", "bad", *["int8"] * 6])
    drawing.draw_line(60, 130, 460, 130)
    drawing.write_text(260, 156, "units, by squared error per multiplication", "soft", "middle")
    drawing.write_text(110, 30, "reverted to float", anchor="middle")
    drawing.draw_block(500, 40, 34, 90, "bad")
    drawing.draw_block(500, 92, 34, 38, "int8")
    drawing.draw_line(490, 88, 600, 88, "thin")
    drawing.write_text(544, 84, "budget", "soft")
    drawing.write_text(517, 156, "all units", "soft", "middle")
    drawing.write_text(
        320,
        186,
        "squares of the errors of single units nearly add up, so a sum says when it is enough",
        "soft",
        "middle",
    )
    return drawing


def draw_metric_search() -> Drawing:
    """The number of units in float is found by halving; each step is one evaluation of the metric."""
    drawing = Drawing("Search for a metric", height=190)

    def place(x: float, y: float) -> tuple[float, float]:
        return 80 + 460 * x, 140 - 100 * y

    drawing.draw_line(80, 140, 560, 140)
    drawing.draw_curve(lambda x: 1 - 0.75 * math.exp(-5 * x), (0, 1), place)
    drawing.draw_line(80, 56, 560, 56, "thin")
    drawing.write_text(560, 72, "the metric may not fall below this line", "soft", "end")
    for number, x in enumerate((0.0, 0.5, 0.25, 0.375), 1):
        spot = place(x, 1 - 0.75 * math.exp(-5 * x))
        drawing.draw_dot(*spot, "good" if spot[1] <= 56 else "bad")
        drawing.write_text(spot[0] + 7, spot[1] + 16, str(number), "soft")
    drawing.write_text(
        320, 170, "share of the units that are back in float, the most harmful ones first", "soft", "middle"
    )
    return drawing


def draw_range_search() -> Drawing:
    """Range optimization moves both ends of all ranges within a box and keeps what is better."""
    drawing = Drawing("Range optimization", height=180)
    drawing.draw_block(190, 40, 260, 90, "area")
    path = [(250, 110), (278, 96), (270, 84), (312, 78), (340, 66), (352, 70)]
    drawing.draw_path(path, "line")
    for number, (x, y) in enumerate(path):
        drawing.draw_dot(x, y, "good" if number == len(path) - 1 else "int8")
    drawing.write_text(320, 152, "low end of a range: at most so far from where it began", "soft", "middle")
    drawing.write_text(176, 90, "high end", "soft", "end")
    drawing.write_text(362, 64, "best so far")
    return drawing


def draw_noise() -> Drawing:
    """Signal and noise of every layer: where few bits are left, the layer is a candidate for float or more bits."""
    drawing = Drawing("Signal to noise, layer by layer", height=180)
    heights = [92, 84, 80, 38, 76, 70, 66, 30, 62, 60]
    kinds = ["bad" if height < 45 else "int8" for height in heights]
    drawing.draw_bars(90, 130, 470, heights, kinds)
    drawing.draw_line(90, 130, 560, 130)
    drawing.write_text(80, 50, "dB", "soft", "end")
    drawing.write_text(320, 156, "layers in their order; the red ones keep more bits", "soft", "middle")
    return drawing


def draw_synthetic() -> Drawing:
    """Without data: images from random numbers, whose spectrum falls as that of photographs does."""
    drawing = Drawing("Synthetic images", height=170)
    for picture, left in enumerate((60, 240, 420)):
        for row in range(10):
            for column in range(10):
                x, y = column / 10, row / 10
                waves = (math.sin((k + picture) * 2.1 * x * k + k * k * y * 1.7 + k) / k for k in range(1, 6))
                shade = min(max(int(2.5 + 1.6 * sum(waves)), 0), 4)
                drawing.draw_block(left + 12 * column, 20 + 10 * row, 12, 10, f"shade{shade}")
    drawing.write_text(
        320,
        150,
        "coarse structure is strong, fine structure weak: ranges come out as with real images",
        "soft",
        "middle",
    )
    return drawing
