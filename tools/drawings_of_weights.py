"""Drawings of what happens to weights and to sums of products."""

from __future__ import annotations

from drawings_of_layers import bell
from svg_drawing import Drawing


def draw_clamp() -> Drawing:
    """A Clamp after every activation keeps a flipped bit from spreading."""
    drawing = Drawing("Range supervision", height=170)
    values = [40, 55, 30, 62, 48, 118, 44, 52]
    drawing.draw_bars(70, 130, 220, values, ["int8"] * 5 + ["bad"] + ["int8"] * 2)
    drawing.draw_bars(370, 130, 220, [min(value, 66) for value in values], ["int8"] * 5 + ["good"] + ["int8"] * 2)
    for left in (60, 360):
        drawing.draw_line(left, 64, left + 230, 64, "thin")
    drawing.draw_arrow(305, 95, 350, 95)
    drawing.write_text(180, 154, "a fault makes one value huge", "soft", "middle")
    drawing.write_text(480, 154, "the observed range bounds it", "soft", "middle")
    return drawing


def draw_sparsity() -> Drawing:
    """The smallest weights of all layers become zero, by one threshold."""
    drawing = Drawing("Magnitude sparsity", height=170)
    values = [bell(number * 0.25 - 5, 0, 1.6) for number in range(41)]
    kinds = ["float" if abs(number * 0.25 - 5) < 1.3 else "int8" for number in range(41)]
    drawing.draw_bars(110, 128, 430, [95 * value for value in values], kinds)
    drawing.draw_line(105, 128, 545, 128)
    drawing.write_text(
        320, 152, "weights: the grey ones become zero, the others keep mean and spread", "soft", "middle"
    )
    return drawing


def draw_feedback() -> Drawing:
    """Weights are rounded one after the other; what rounding did to the outputs goes into those still to come."""
    drawing = Drawing("Rounding with feedback", height=170)
    for number, name in enumerate(("w1", "w2", "w3", "w4", "w5")):
        x = 60 + 110 * number
        drawing.draw_box(x, 50, 70, 40, name, "rounded" if number < 2 else "adjusted")
        if number < 4:
            drawing.draw_arrow(x + 72, 70, x + 106, 70)
    drawing.write_text(
        320, 30, "the error of each, weighted by how the inputs go together, is handed on", "soft", "middle"
    )
    drawing.write_text(
        320, 126, "the strongest input first: what comes later can still make up for it", "soft", "middle"
    )
    return drawing


def draw_overflow() -> Drawing:
    """Sums of 16-bit products have to fit into 32 bits; the scale of a layer is widened until they do."""
    drawing = Drawing("Overflow correction", height=160)
    drawing.draw_block(90, 40, 380, 24, "bad")
    drawing.draw_block(90, 80, 300, 24, "good")
    drawing.draw_line(410, 28, 410, 116)
    drawing.write_text(416, 120, "32 bits", "soft")
    drawing.write_text(84, 57, "sum", "soft", "end")
    drawing.write_text(84, 97, "wider scale", "soft", "end")
    drawing.write_text(
        320, 146, "largest sum of products of one layer, observed on the calibration samples", "soft", "middle"
    )
    return drawing


def draw_groups() -> Drawing:
    """Weights alone: each group of neighbours in a row has a scale, and a code of four bits for each weight."""
    drawing = Drawing("Weights in groups", height=170)
    for group in range(4):
        left = 60 + 135 * group
        drawing.draw_box(left, 34, 122, 24, f"scale {group + 1}")
        size = (18, 46, 9, 30)[group]
        drawing.draw_bars(left, 118, 126, [size * (1 - 0.13 * (number * 5 % 7)) for number in range(8)], "int8")
        drawing.draw_line(left, 118, left + 122, 118)
    drawing.write_text(
        320, 146, "one row of a matrix: few bits are enough where neighbours share a scale", "soft", "middle"
    )
    return drawing
