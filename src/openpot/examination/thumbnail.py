"""Inputs that are images, as small PNG files in ``data:`` addresses; made with the standard library and NumPy."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from openpot.typing_aliases import Array

SIDE = 96
"""The longer side of a thumbnail is at most twice as long, in pixels."""
SMALLEST = 8
CHANNELS = (1, 3)


def draw_thumbnail(inputs: Mapping[int, Array]) -> str:
    """The first input that has the shape of an image, stretched to the whole range of grey; empty if there is none.

    Args:
        inputs: arrays of one sample by number of the input, with batch axis.
    """
    for array in inputs.values():
        pixels = _find_pixels(array)
        if pixels is not None:
            encoded = base64.b64encode(encode_png(_to_bytes(pixels))).decode()
            return f"data:image/png;base64,{encoded}"
    return ""


def _find_pixels(array: Array) -> Array | None:
    """The image as ``(height, width, channels)``; None if the array is none."""
    if array.ndim != 4 or array.shape[0] != 1 or array.dtype.kind not in "fiu":
        return None
    single = array[0]
    if single.shape[0] in CHANNELS and min(single.shape[1:]) >= SMALLEST:
        return np.asarray(np.moveaxis(single, 0, 2))
    return np.asarray(single) if single.shape[2] in CHANNELS and min(single.shape[:2]) >= SMALLEST else None


def _to_bytes(pixels: Array) -> Array:
    step = max(1, max(pixels.shape[:2]) // SIDE)
    small = np.nan_to_num(pixels[::step, ::step].astype(np.float64))
    low, high = float(small.min()), float(small.max())
    return np.asarray(np.round((small - low) * (255 / ((high - low) or 1.0))), np.uint8)


def encode_png(pixels: Array) -> bytes:
    """A PNG file of 8-bit pixels, shape ``(height, width, 1 or 3)``."""
    height, width, channels = pixels.shape
    rows = np.concatenate([np.zeros((height, 1), np.uint8), pixels.reshape(height, -1)], axis=1)
    header = struct.pack(">IIBBBBB", width, height, 8, 0 if channels == 1 else 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_make_chunk(kind, content) for kind, content in chunks)


def _make_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
