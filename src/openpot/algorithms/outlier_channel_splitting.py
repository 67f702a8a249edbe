"""Outlier channel splitting: the largest weights of a convolution are halved by giving it their channel twice.

Zhao et al., "Improving Neural Network Quantization without Retraining using Outlier Channel Splitting", 2019. One
large weight makes the steps of its whole filter coarse. The input channel that holds it is made twice by the layer
before, which costs a few more operations, and each copy carries half of the weight. The network computes what it did
before; it belongs before a quantization. No data are needed: it costs no pass over them.

Widened are convolutions without groups whose inputs come, through operations that treat every channel for itself, from
convolutions that nobody else reads.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from openpot.algorithms.calibrated import CalibratedAlgorithm
from openpot.algorithms.context import Calibration
from openpot.algorithms.placement import find_ignored_scope
from openpot.algorithms.prepared_model import prepare_model
from openpot.config.weight_correction import OutlierChannelSplittingConfig
from openpot.graph.build import constant
from openpot.graph.edit import ModelEditor
from openpot.graph.tensor_id import InputId
from openpot.graph.weights import constant_value
from openpot.numerics.channel_splitting import split_outlier_channels
from openpot.placement.ignored_operations import find_ignored_by_user
from openpot.rewrites.widen_channels import find_obstacle_to_widening, widen_channels

if TYPE_CHECKING:
    from openpot.graph.model import CompressedModel
    from openpot.graph.snapshot import GraphSnapshot, NodeRecord
    from openpot.graph.types import Model


@dataclass(frozen=True)
class SplitLayerRecord:
    """One layer whose outlier input channels were split.

    Attributes:
        layer: full name of the layer.
        sources: for each added channel the channel that it is a half of.
        peak_before: largest magnitude of the weights.
        peak_after: the same after the split.
    """

    layer: str
    sources: tuple[int, ...]
    peak_before: float
    peak_after: float


@dataclass(frozen=True)
class ChannelSplittingResult:
    """What OutlierChannelSplitting did, layer by layer; ``skipped`` maps the others to the reason."""

    layers: tuple[SplitLayerRecord, ...] = ()
    skipped: Mapping[str, str] = field(default_factory=dict)


class OutlierChannelSplitting(CalibratedAlgorithm[OutlierChannelSplittingConfig]):
    """Splits the input channels of convolutions that hold the largest weights.

    ``result`` is a :class:`ChannelSplittingResult`. Keys: those of
    :class:`openpot.config.weight_correction.OutlierChannelSplittingConfig`.
    """

    name = "OutlierChannelSplitting"
    config_class: ClassVar = OutlierChannelSplittingConfig
    needs_data: ClassVar = False

    @property
    def change_original_model(self) -> bool:
        """True: tensors have more channels afterwards."""
        return True

    def prepare(self, model: CompressedModel) -> None:
        """Fold batch normalisation, so that the weights are those that will be quantized.

        Raises:
            AlreadyQuantizedError: the model is quantized; splitting comes before quantization.
        """
        prepare_model(model)

    def apply(self, model: CompressedModel, calibration: Calibration) -> ChannelSplittingResult:
        """Split channels of every convolution where the operations above allow it, from inputs to outputs."""
        del calibration
        records: list[SplitLayerRecord] = []
        skipped: dict[str, str] = {}
        for position, member in enumerate(model.members):
            scope = find_ignored_scope(self.settings, member.name)
            ignored = find_ignored_by_user(model.snapshot(position), scope, groups_are_convolutions=True).reasons
            for name in [node.name for node in model.snapshot(position).nodes_of_type("Convolution")]:
                snapshot = model.snapshot(position)
                reason = ignored.get(name) or _find_obstacle(snapshot, snapshot[name])
                if reason:
                    skipped[name] = reason
                    continue
                record = self._split(member.model, snapshot, snapshot[name])
                if record.sources:
                    records.append(record)
        return ChannelSplittingResult(tuple(records), skipped)

    def _split(self, graph: Model, snapshot: GraphSnapshot, record: NodeRecord) -> SplitLayerRecord:
        with ModelEditor(graph) as editor:
            reader = InputId(record.name, 1)
            source = editor.nodes.input(reader).get_source_output()
            weights = constant_value(editor.nodes, source)
            count = math.ceil(self.settings.weights_expansion_ratio * weights.shape[1])
            wider, sources = split_outlier_channels(weights, count)
            if sources:
                widen_channels(graph, snapshot, record.inputs[0], sources)
                name, kind = f"{record.name}/split1", source.get_element_type().to_string()
                editor.replace_input(reader, constant(wider, name, kind).output(0))
        return SplitLayerRecord(record.name, sources, float(np.abs(weights).max()), float(np.abs(wider).max()))


def _find_obstacle(snapshot: GraphSnapshot, record: NodeRecord) -> str:
    if record.inputs[1].node not in snapshot.constants:
        return "its weights are not constant"
    return find_obstacle_to_widening(snapshot, record.inputs[0])
