"""The weights that a layer had before an algorithm nudged them for the sake of quantization.

Bias corrections measure what quantization did to a layer against the weights of the floating-point network. Where the
constant behind a FakeQuantize was changed such that it rounds otherwise, it no longer tells them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from openpot.graph.tensor_id import InputId
    from openpot.graph.types import Model
    from openpot.typing_aliases import FloatArray

_kept: WeakKeyDictionary[Model, dict[InputId, FloatArray]] = WeakKeyDictionary()


def keep_weights_before(model: Model, reader: InputId, values: FloatArray) -> None:
    """Remember what the layer input ``reader`` read, unless something is remembered already."""
    _kept.setdefault(model, {}).setdefault(reader, values)


def weights_before(model: Model, reader: InputId) -> FloatArray | None:
    """What was remembered for ``reader`` of this model object; None if nothing was."""
    return _kept.get(model, {}).get(reader)
