"""A warning of what was guessed about images: a wrong guess costs accuracy, and nothing else shows it."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from openpot.data.image_steps import ImagePreprocessing
from openpot.errors import OpenPotWarning

if TYPE_CHECKING:
    from openpot.data.loader import DataLoader


def find_preprocessing(loader: DataLoader | Any) -> ImagePreprocessing | None:
    """How image files become inputs, however deep their loader is wrapped; None for other data."""
    seen: list[Any] = []
    while loader is not None and loader not in seen:
        preprocessing = getattr(loader, "preprocessing", None)
        if isinstance(preprocessing, ImagePreprocessing):
            return preprocessing
        seen.append(loader)
        loader = getattr(loader, "source", None)
    return None


def warn_of_guesses(loader: DataLoader) -> None:
    """:class:`OpenPotWarning` with every guess, its value and its source, if image files become inputs by guesses."""
    preprocessing = find_preprocessing(loader)
    guesses = () if preprocessing is None else preprocessing.list_guesses()
    if guesses:
        warnings.warn(
            f"how images become inputs is guessed: {'; '.join(guesses)}. Where the network was trained otherwise, "
            "state it (--layout, --channel-order, --resize, --letterbox, --mean, --scale; in Python arguments of "
            "openpot.data.source.open_data), and look at an image with --dry-run --data FOLDER",
            OpenPotWarning,
            stacklevel=3,
        )
