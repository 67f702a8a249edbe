"""Smooths the data of matrix products that will run in INT8, where that leaves less noise at their outputs."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from openpot.graph.node_index import NodeIndex
from openpot.graph.weights import constant_value
from openpot.numerics.smoothing import Smoothing, choose_smoothing
from openpot.placement.plan import QuantizationPlan
from openpot.placement.smoothing_groups import SmoothingGroup, find_smoothing_groups
from openpot.rewrites.smooth_products import SMOOTHED, SmoothedGroup, smooth_products
from openpot.trial.channel_statistics import observe_channels
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.algorithms.min_max import MinMaxResult
    from openpot.graph.model import CompressedModel

logger = logging.getLogger(__name__)

SMOOTHED_DATA = "channels of the data smoothed, alpha {}"


@dataclass(frozen=True, eq=False)
class SmoothingResult:
    """What was smoothed: each group of products, and how."""

    groups: tuple[tuple[SmoothingGroup, Smoothing], ...] = ()

    @property
    def alphas(self) -> dict[str, float]:
        """Name of a product -> exponent that its data are smoothed with."""
        return {name: smoothing.alpha for group, smoothing in self.groups for name in group.products}

    def explain(self, min_max: MinMaxResult) -> MinMaxResult:
        """The record of the quantizers; its plan says which operations have smoothed data."""
        decisions = tuple(
            replace(decision, reason=f"{decision.reason}; {SMOOTHED_DATA.format(self.alphas[decision.operation])}")
            if decision.quantized and decision.operation in self.alphas
            else decision
            for decision in min_max.plan.decisions
        )
        return replace(min_max, plan=replace(min_max.plan, decisions=decisions))

    def apply(self, model: CompressedModel) -> None:
        """Smooth a single float model in place; one with the operations that the groups were found in."""
        if self.groups:
            smoothed = [SmoothedGroup(group, smoothing.factors) for group, smoothing in self.groups]
            smooth_products(model.members[0].model, smoothed)


def is_smoothed(model: CompressedModel) -> bool:
    """Whether a single model was smoothed already."""
    return any(re.search(f"{SMOOTHED}[0-9]+$", name) for name in model.snapshot().nodes)


def find_groups(model: CompressedModel, plan: QuantizationPlan) -> tuple[SmoothingGroup, ...]:
    """What can be smoothed in a single model: the products that the plan quantizes."""
    products = {decision.operation for decision in plan.decisions if decision.quantized and decision.type == "MatMul"}
    return find_smoothing_groups(model.snapshot(), products) if products else ()


def smooth(
    model: CompressedModel, groups: Sequence[SmoothingGroup], feeds: Sequence[dict[int, Array]]
) -> SmoothingResult:
    """Smooth a single float model in place where that gains something.

    Args:
        model: the model that the groups were found in.
        groups: at least one.
        feeds: inputs of calibration samples.

    Raises:
        ModelError: the model cannot be compiled.
        EngineError: an inference failed.
    """
    graph = model.members[0].model
    channels = observe_channels(graph, [group.data for group in groups], feeds)
    nodes = NodeIndex(graph)
    chosen = []
    for group in groups:
        weights = [constant_value(nodes, nodes.input(reader).get_source_output()) for reader in group.weights]
        turned = [values.T if flag else values for values, flag in zip(weights, group.transposed, strict=True)]
        smoothing = choose_smoothing(channels[group.data], np.concatenate(turned, axis=1))
        if smoothing is not None:
            chosen.append((group, smoothing))
    result = SmoothingResult(tuple(chosen))
    for group, smoothing in result.groups:
        logger.info("%s: alpha %.2f, %.1f dB less noise", ", ".join(group.products), smoothing.alpha, smoothing.gain)
    result.apply(model)
    return result
