"""Float weights of a quantized model: in half precision, unless the outputs show its rounding.

Half precision loses nothing in nearly all networks. One that takes the logarithm of a spectrum magnifies the rounding
of its filters (``docs/accuracy.md``).
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from openpot.search.quantized_variant import make_saved_form

if TYPE_CHECKING:
    from openpot.graph.model import CompressedModel
    from openpot.graph.types import Model

logger = logging.getLogger(__name__)

HARDLY_FURTHER = 1.12
"""The error may become so many times as large (1 dB): about what two compilations of one graph differ by."""


def choose_storage(
    model: CompressedModel, measure: Callable[[Model], float], expected: float, limit: float = math.inf
) -> float:
    """Store float weights exactly where half precision brings clearly more error; returns the error that is left.

    Args:
        model: a finished single model; ``stores_exactly`` is set.
        measure: the error of the worst output of a model as it is saved.
        expected: the error that the model was judged by, with float weights as they are.
        limit: what the error may be.

    Raises: what ``measure`` does.
    """
    error = measure(make_saved_form(model))
    if model.stores_exactly or error <= min(HARDLY_FURTHER * expected, max(limit, expected)):
        return error
    exact = model.copy()
    exact.stores_exactly = True
    exact_error = measure(make_saved_form(exact))
    if error <= HARDLY_FURTHER * exact_error and not error > limit >= exact_error:
        return error
    logger.info("float weights are stored exactly: error %.4f, in half precision %.4f", exact_error, error)
    model.stores_exactly = True
    return exact_error
