"""A model that is as it was before if what is done to it fails half way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openpot.graph.model import CompressedModel


@contextmanager
def restored_on_failure(model: CompressedModel) -> Iterator[None]:
    """Give ``model`` copies of what it held when the context was entered if an exception leaves it."""
    before = model.copy()
    try:
        yield
    except BaseException:
        model.take_over(before)
        raise
