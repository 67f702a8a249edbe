"""Texts out of the frame scores of a network trained with connectionist temporal classification (CTC).

A. Graves et al., "Connectionist temporal classification", ICML 2006: best-path decoding.
"""

from __future__ import annotations

from collections.abc import Sequence

from openpot.errors import MetricError
from openpot.typing_aliases import Array


def decode_greedily(scores: Array, alphabet: Sequence[str], blank: int = 0) -> str:
    """The best class of each frame; repeats become one, blanks are left out.

    Args:
        scores: one text, of shape ``(frames, classes)`` with axes of size 1 anywhere.
        alphabet: the symbol of each class, the blank's included (whatever it is).
        blank: number of the class that stands for no symbol.

    Raises:
        MetricError: the shape is another one, or the alphabet has another length.
    """
    frames = scores.reshape([size for size in scores.shape if size != 1]) if scores.ndim > 2 else scores
    if frames.ndim == 1:
        frames = frames[None]
    if frames.ndim != 2:
        raise MetricError(f"expected scores of one text, (frames, classes), got the shape {scores.shape}")
    if frames.shape[1] != len(alphabet):
        raise MetricError(f"scores of {frames.shape[1]} classes, and an alphabet of {len(alphabet)} symbols")
    best = frames.argmax(axis=1)
    kept = [label for number, label in enumerate(best) if label != blank and (number == 0 or label != best[number - 1])]
    return "".join(alphabet[label] for label in kept)
