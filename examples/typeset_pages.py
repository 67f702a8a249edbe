"""Pages of real text, typeset here: prose of Python's own documentation in the font that comes with Pillow.

Where each line is follows from the typesetting, so the pages are labelled data for networks that read.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from functools import cache
from pydoc_data.topics import topics

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

SIZE = 480


@dataclass(frozen=True, eq=False)
class Page:
    """A page, and its lines as boxes of shape ``(lines, 4)``: left, top, right, bottom."""

    picture: Image.Image
    lines: np.ndarray


@cache
def paragraphs() -> tuple[str, ...]:
    """Paragraphs of the documentation, long enough for a few lines."""
    blocks = [" ".join(block.split()) for name in sorted(topics) for block in topics[name].split("\n\n")]
    return tuple(block for block in blocks if len(block) > 200 and block.isascii())


def typeset(seed: int, num_lines: int = 14) -> Page:
    """A page of its own for each seed: another text, size, margin, paper and ink."""
    rng = np.random.default_rng(seed)
    font = ImageFont.load_default(int(rng.integers(14, 24)))
    paper, ink = (tuple(int(v) for v in rng.integers(low, high, 3)) for low, high in ((200, 256), (0, 90)))
    picture = Image.new("RGB", (SIZE, SIZE), paper)
    draw, left, top = ImageDraw.Draw(picture), int(rng.integers(15, 40)), int(rng.integers(15, 40))
    width = int((SIZE - left - 20) / font.getlength("n"))
    text = " ".join(paragraphs()[index] for index in rng.integers(0, len(paragraphs()), 12))
    boxes = []
    for line in textwrap.wrap(text, width)[:num_lines]:
        box = draw.textbbox((left, top), line, font=font)
        if box[3] > SIZE - 10:
            break
        draw.text((left, top), line, font=font, fill=ink)
        boxes.append(box)
        top += int(font.size * 1.7)
    return Page(picture.filter(ImageFilter.GaussianBlur(float(rng.uniform(0, 0.6)))), np.array(boxes, np.float32))


def blurred(picture: Image.Image, seed: int, smallest: int, largest: int) -> Image.Image:
    """The picture at a size at which reading becomes hard, with the noise of a camera."""
    rng = np.random.default_rng(seed)
    side = int(rng.integers(smallest, largest))
    pixels = np.asarray(picture.resize((side, side), Image.Resampling.BILINEAR), np.float32)
    noisy = pixels + rng.standard_normal(pixels.shape).astype(np.float32) * rng.uniform(2, 18)
    return Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))
