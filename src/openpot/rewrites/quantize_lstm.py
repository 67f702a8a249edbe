"""Quantizes an LSTM as the INT8 kernel of the CPU computes it (measured, ``docs/speed.md``).

The kernel quantizes the hidden state with the scale of the input, and multiplies the sums over both by one scale for
each row of the weights. So the input is scaled to the range of the hidden state first, with weights that undo it, and
the rows of both matrices share their limits. Layers of one shape get each other's scales: inputs of zeros make their
shapes differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from openpot.config.quantizer import QuantizerConfig
from openpot.graph import build
from openpot.graph.edit import ModelEditor
from openpot.graph.lstm_layer import HIDDEN, INPUT, RECURRENT_WEIGHTS, WEIGHTS, LstmLayer
from openpot.graph.tensor_id import InputId, TensorId
from openpot.graph.weights import constant_value
from openpot.numerics.fake_quantize import FakeQuantizeLimits
from openpot.numerics.gate_scales import compute_gate_limits
from openpot.numerics.saturation import SATURATION_FACTOR
from openpot.placement.plan import PlannedQuantizer, QuantizerKind
from openpot.rewrites.split_bidirectional import split_bidirectional
from openpot.scheme import Granularity, PerChannel, PerTensor, QuantizationMode

if TYPE_CHECKING:
    from openpot.graph.types import Model, Output
    from openpot.typing_aliases import Array

LEVELS, WEIGHT_LEVELS = 256, 255
_ROW_AXIS = 1


@dataclass(frozen=True, eq=False)
class LstmScaling:
    """How an LSTM is made fit for the kernel.

    Attributes:
        factors: what each channel of the data is divided by, shape ``(inputs,)``; the data are within ``hidden`` then.
        hidden: largest magnitude of the hidden states, the first one included.
        computes_first: whether the first hidden state is computed when the model runs: then it is quantized as well.
        halves_weights: use half of their levels, so that sums of two products fit into 16 bits.
        padding: how many inputs of zeros are added.
    """

    factors: Array
    hidden: float
    computes_first: bool = False
    halves_weights: bool = False
    padding: int = 0


@dataclass(frozen=True, eq=False)
class LstmQuantizers:
    """What was inserted for one layer.

    Attributes:
        operations: the layers of one direction that there are now.
        planned: the quantizers.
        limits: those of each quantizer, by name.
    """

    operations: tuple[str, ...]
    planned: tuple[PlannedQuantizer, ...]
    limits: Mapping[str, FakeQuantizeLimits]


def quantize_lstm(model: Model, layer: LstmLayer, scaling: LstmScaling) -> LstmQuantizers:
    """Quantize one layer in place; it computes what it did up to the rounding.

    Args:
        model: the float model, or one whose other layers are quantized.
        layer: none of its outputs is one of the model's if it is bidirectional.
        scaling: positive factors and magnitude.
    """
    with ModelEditor(model) as editor:
        names = split_bidirectional(editor, layer) if layer.is_bidirectional else (layer.name,)
        inserted = [entry for name in names for entry in _quantize_direction(editor, name, scaling)]
    planned = tuple(quantizer for quantizer, _ in inserted)
    return LstmQuantizers(names, planned, {quantizer.name: limits for quantizer, limits in inserted})


def _quantize_direction(
    editor: ModelEditor, name: str, scaling: LstmScaling
) -> Iterator[tuple[PlannedQuantizer, FakeQuantizeLimits]]:
    editor.replace_input(InputId(name, INPUT), _scale_data(editor, name, scaling))
    states = _make_state_limits(scaling.hidden)
    for port in (INPUT, HIDDEN) if scaling.computes_first else (INPUT,):
        yield _insert(editor, InputId(name, port), QuantizerKind.ACTIVATIONS, states)
    weights, recurrent = (
        constant_value(editor.nodes, editor.nodes.input(InputId(name, port)).get_source_output())
        for port in (WEIGHTS, RECURRENT_WEIGHTS)
    )
    weights = np.pad(weights * scaling.factors, ((0, 0), (0, 0), (0, scaling.padding))).astype(np.float32)
    ends = compute_gate_limits(weights, recurrent) * np.float32(SATURATION_FACTOR if scaling.halves_weights else 1)
    rows = FakeQuantizeLimits.from_range(-ends, ends, WEIGHT_LEVELS)
    for port, values in ((WEIGHTS, weights), (RECURRENT_WEIGHTS, recurrent)):
        reader = InputId(name, port)
        editor.replace_input(reader, build.constant(values, f"{name}/float_weights{port}").output(0))
        yield _insert(editor, reader, QuantizerKind.WEIGHTS, rows)


def _scale_data(editor: ModelEditor, name: str, scaling: LstmScaling) -> Output:
    """The data in the range of the hidden states, with as many further inputs as asked for."""
    source = editor.nodes.input(InputId(name, INPUT)).get_source_output()
    inverse = (1 / scaling.factors).astype(np.float32).reshape(1, 1, -1)
    scale = build.constant_like(inverse, f"{name}/scale", source)
    data = build.multiply(source, scale.output(0), f"{name}/scaled").output(0)
    return build.pad_last_axis(data, scaling.padding, f"{name}/padded").output(0) if scaling.padding else data


def _make_state_limits(largest: float) -> FakeQuantizeLimits:
    """Unsigned levels around zero, which is one of them: one more below it than above."""
    low = np.array(-largest * LEVELS / (LEVELS - 2), np.float32)
    return FakeQuantizeLimits.from_range(low, np.array(largest, np.float32), LEVELS)


def _insert(
    editor: ModelEditor, reader: InputId, kind: QuantizerKind, limits: FakeQuantizeLimits
) -> tuple[PlannedQuantizer, FakeQuantizeLimits]:
    is_weights = kind == QuantizerKind.WEIGHTS
    name = f"{reader.node}/fq_{'weights' if is_weights else 'input'}_{reader.port}"
    source = editor.nodes.input(reader).get_source_output()
    tensor = TensorId(source.get_node().get_friendly_name(), source.get_index())
    editor.replace_input(reader, build.fake_quantize(source, limits, name).output(0))
    granularity: Granularity = PerChannel(_ROW_AXIS) if is_weights else PerTensor()
    config = QuantizerConfig(mode=QuantizationMode.SYMMETRIC, granularity=granularity, signed=True)
    return PlannedQuantizer(name, tensor, (reader,), kind, config, limits.levels), limits
