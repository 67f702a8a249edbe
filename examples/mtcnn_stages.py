"""The three stages of MTCNN: what happens between its networks.

K. Zhang, Z. Zhang, Z. Li, Y. Qiao, "Joint face detection and alignment using multitask cascaded convolutional
networks", IEEE Signal Processing Letters 23 (2016).

A stage gets its network as a function, the picture as pixels of shape (height, width, 3), and what the stage before
found.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image

STEP = 0.709  # from one size of the picture to the next
Found = tuple[np.ndarray, np.ndarray]  # boxes of shape (count, 4), scores of shape (count,)


def normalised(picture: Image.Image) -> np.ndarray:
    """Width comes first in these networks: shape (width, height, 3), about -1 to 1."""
    return ((np.asarray(picture, np.float32) - 127.5) / 128).transpose(1, 0, 2)


def best_boxes(boxes: np.ndarray, scores: np.ndarray, overlap: float, of_smaller: bool = False) -> np.ndarray:
    """Numbers of the boxes that no better one overlaps by more than ``overlap`` (of the smaller, or of both joined)."""
    area = np.prod(boxes[:, 2:] - boxes[:, :2] + 1, axis=1)
    left, kept = np.argsort(-scores, kind="stable"), []
    while len(left):
        first, rest = left[0], left[1:]
        kept.append(first)
        corners = np.minimum(boxes[first, 2:], boxes[rest, 2:]) - np.maximum(boxes[first, :2], boxes[rest, :2]) + 1
        common = np.prod(np.clip(corners, 0, None), axis=1)
        whole = np.minimum(area[first], area[rest]) if of_smaller else area[first] + area[rest] - common
        left = rest[common / whole <= overlap]
    return np.array(kept, int)


def squared(boxes: np.ndarray) -> np.ndarray:
    """The boxes as squares around their middles."""
    side = (boxes[:, 2:] - boxes[:, :2]).max(axis=1, keepdims=True)
    corner = (boxes[:, :2] + boxes[:, 2:]) / 2 - side / 2
    return np.fix(np.concatenate([corner, corner + side], axis=1))


def moved(boxes: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """The boxes with each corner moved by a share of their size."""
    return boxes + offsets * np.tile(boxes[:, 2:] - boxes[:, :2] + 1, 2)


def crops(pixels: np.ndarray, boxes: np.ndarray, size: int) -> np.ndarray:
    """What is inside the boxes, of shape (count, size, size, 3)."""
    picture = Image.fromarray(pixels)
    parts = [picture.crop((int(x), int(y), int(r) + 1, int(b) + 1)) for x, y, r, b in boxes]
    return np.stack([normalised(part.resize((size, size), Image.Resampling.BILINEAR)) for part in parts])


def propose(infer: Any, pixels: np.ndarray, _: None) -> Found:
    """P-Net slides over the picture in all of its sizes."""
    picture, scale, boxes, scores = Image.fromarray(pixels), 12 / 20, [np.zeros((0, 4))], [np.zeros(0)]
    while min(picture.size) * scale >= 12:
        size = tuple(int(np.ceil(side * scale)) for side in picture.size)
        small = normalised(picture.resize(size, Image.Resampling.BOX))
        offsets, chances = infer(small[None]).values()
        x, y = np.nonzero(chances[0, ..., 1] >= 0.6)
        corner = np.stack([x, y], axis=1)
        found = np.concatenate([np.fix((2 * corner + 1) / scale), np.fix((2 * corner + 12) / scale)], axis=1)
        score = chances[0, x, y, 1]
        kept = best_boxes(found, score, 0.5)
        boxes.append(moved(found, offsets[0, x, y])[kept])
        scores.append(score[kept])
        scale *= STEP
    joined, score = np.concatenate(boxes), np.concatenate(scores)
    kept = best_boxes(joined, score, 0.7)
    return squared(joined[kept]), score[kept]


def refine(infer: Any, pixels: np.ndarray, found: Found) -> Found:
    """R-Net sorts out most of what was proposed."""
    return looked_at(infer, pixels, found, 24)


def finish(infer: Any, pixels: np.ndarray, found: Found) -> dict[str, np.ndarray]:
    """O-Net has the last word."""
    boxes, scores = looked_at(infer, pixels, found, 48)
    kept = best_boxes(boxes, scores, 0.7, of_smaller=True)
    return {"boxes": boxes[kept], "scores": scores[kept], "labels": np.zeros(len(kept), int)}


def looked_at(infer: Any, pixels: np.ndarray, found: Found, size: int) -> Found:
    """The boxes that a network takes for faces, moved to where it sees them."""
    if not len(found[0]):
        return found
    outputs = list(infer(crops(pixels, found[0], size)).values())
    offsets, scores = outputs[0], outputs[-1][:, 1]
    kept = np.flatnonzero(scores > 0.7)
    boxes, offsets, scores = found[0][kept], offsets[kept], scores[kept]
    if size == 48:
        return moved(boxes, offsets), scores
    kept = best_boxes(boxes, scores, 0.7)
    return squared(moved(boxes[kept], offsets[kept])), scores[kept]


STAGES = {"pnet": propose, "rnet": refine, "onet": finish}
