"""What a trial is about: the models, and the choices among their quantized forms."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from openpot.graph.node_index import NodeIndex
from openpot.graph.snapshot import GraphSnapshot
from openpot.graph.tensor_id import TensorId
from openpot.graph.weights import constant_value
from openpot.layers.linear_layer import find_linear_layers
from openpot.numerics.fake_quantize import FakeQuantizeLimits
from openpot.placement.plan import PlannedQuantizer, QuantizerKind
from openpot.rewrites.insert_fake_quantize import shape_limits
from openpot.trial.shift_inputs import ShiftPlace
from openpot.trial.switched_quantizer import TrialQuantizer
from openpot.trial.switched_weights import TrialWeights

if TYPE_CHECKING:
    from openpot.graph.types import Model

Choice = Mapping[str, int | None]
"""Name of a quantizer -> number of the candidate that acts: ``WIDEST``, ``AVERAGE``, ``QUANTIZED`` or ``IN_FLOAT``."""

WIDEST: Final = 0
"""The widest range that was observed: the first candidate of every quantizer of activations."""
AVERAGE: Final = 1
"""The average range over the samples: the second candidate, of the quantizers that have one."""
QUANTIZED: Final = 0
"""The only candidate of a quantizer of weights, or of one whose range is settled."""
IN_FLOAT: Final = None
"""The quantizer does not act."""


@dataclass(frozen=True, eq=False)
class TrialSubject:
    """The models of a trial.

    Attributes:
        reference: the float model.
        quantized: the same model with FakeQuantize operations; only its quantized weights are read.
        quantizers: the planned quantizers.
        candidates: name of a quantizer of activations -> limits to choose from.
    """

    reference: Model
    quantized: Model
    quantizers: Sequence[PlannedQuantizer]
    candidates: Mapping[str, Sequence[FakeQuantizeLimits]]

    @property
    def activations(self) -> list[TrialQuantizer]:
        """The quantizers of activations, their candidates in the shape that their tensors need."""
        nodes = NodeIndex(self.reference)
        return [
            TrialQuantizer(
                quantizer.name,
                quantizer.tensor,
                quantizer.readers,
                tuple(shape_limits(nodes, quantizer, limits) for limits in self.candidates[quantizer.name]),
            )
            for quantizer in self.quantizers
            if quantizer.kind != QuantizerKind.WEIGHTS
        ]

    @property
    def weights(self) -> list[TrialWeights]:
        """The quantized weights."""
        nodes = NodeIndex(self.quantized)
        return [
            TrialWeights(quantizer.name, quantizer.readers, partial(constant_value, nodes, TensorId(quantizer.name)))
            for quantizer in self.quantizers
            if quantizer.kind == QuantizerKind.WEIGHTS
        ]


def find_shift_places(snapshot: GraphSnapshot, layers: Container[str]) -> dict[str, ShiftPlace]:
    """Where the outputs of these layers can be shifted; layers whose number of channels is not known are left out."""
    return {
        layer.name: ShiftPlace(TensorId(layer.name), layer.output_axis, layer.channels)
        for layer in find_linear_layers(snapshot)
        if layer.name in layers and layer.channels is not None
    }
