"""Quantized weights in a trial graph, which an input can switch to the float ones.

Where weights are multiplied with many rows, they are mixed in every inference: ``w + switch * (q - w)``. With few rows
that, and the packing of weights that are no constants, costs many times what the product costs. There the product is
made twice, both times with constants: ``x * w + switch * (x * (q - w))``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from openpot.graph import build
from openpot.graph.edit import ModelEditor
from openpot.graph.multiplications import count_multiplications
from openpot.graph.snapshot import GraphSnapshot
from openpot.graph.tensor_id import InputId
from openpot.trial.adapted_layers import convert_like
from openpot.typing_aliases import FloatArray

if TYPE_CHECKING:
    from openpot.graph.types import Output

MADE_TWICE = frozenset({"Convolution", "MatMul"})

MANY_ROWS = 80
"""From so many products of each weight on, mixing the weights is the cheaper way. Measured on CSPResNet-50 with 64 x 64
pixels: mixing took 4.6 ns a weight (AVX512), a product 0.054 ns, which balances at 85 (``docs/speed.md``)."""


@dataclass(frozen=True, eq=False)
class TrialWeights:
    """Quantized weights, in the shape of the original ones that ``readers`` read now.

    ``read`` gives them when the graph is built: a model's weights, all at once, are as large as the model.
    """

    name: str
    readers: tuple[InputId, ...]
    read: Callable[[], FloatArray]


def replace_weights(
    editor: ModelEditor, snapshot: GraphSnapshot, weights: TrialWeights, switch: Output | None, prefix: str
) -> None:
    """Let the readers of weights compute with the quantized ones.

    Args:
        editor: of the trial graph.
        snapshot: of the original model.
        weights: the quantized weights.
        switch: a float32 number, 1 for quantized and 0 for the original weights; None for quantized ones only.
        prefix: what the names of new nodes begin with.
    """
    name = f"{prefix}/{weights.name}"
    original = editor.nodes.input(weights.readers[0]).get_source_output()
    value = build.constant_like(weights.read(), f"{name}/quantized", original)
    if switch is None:
        for reader in weights.readers:
            editor.replace_input(reader, value.output(0))
        return
    typed = convert_like(switch, original, f"{name}/typed")
    change = build.subtract(value.output(0), original, f"{name}/change")
    mixed = [reader for reader in weights.readers if not _is_made_twice(snapshot, reader)]
    if mixed:
        share = build.multiply(change.output(0), typed, f"{name}/share")
        total = build.add(original, share.output(0), f"{name}/switched")
        for reader in mixed:
            editor.replace_input(reader, total.output(0))
    for reader in weights.readers:
        if reader not in mixed:
            _make_twice(editor, reader, change.output(0), typed, f"{name}/{reader.node}")


def _is_made_twice(snapshot: GraphSnapshot, reader: InputId) -> bool:
    record = snapshot[reader.node]
    weights = snapshot.shape(record.inputs[reader.port])
    if record.type not in MADE_TWICE or not weights or None in weights:
        return False
    return count_multiplications(snapshot, record) < MANY_ROWS * float(np.prod(np.array(weights, np.float64)))


def _make_twice(editor: ModelEditor, reader: InputId, change: Output, switch: Output, name: str) -> None:
    """Replace an operation by the sum of itself and its copy on the change of its weights; the sum has its name."""
    old = editor.nodes.node(reader.node)
    inputs = old.input_values()
    changed = [change if port == reader.port else source for port, source in enumerate(inputs)]
    original = build.copy_operation(old, inputs, f"{name}/original")
    product = build.copy_operation(old, changed, f"{name}/changed")
    share = build.multiply(product.output(0), switch, f"{name}/share")
    editor.replace_node(reader.node, build.add(original.output(0), share.output(0), old.get_friendly_name()))
