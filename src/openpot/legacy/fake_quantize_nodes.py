"""POT's functions about FakeQuantize operations: what configures them, and what stands around them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from openpot.algorithms.min_max import MinMaxQuantization
from openpot.legacy.node_access import get_node_input, get_node_output
from openpot.legacy.pot_parameters import understood_parameters
from openpot.legacy.range_estimator import get_range_estimator_config
from openpot.rewrites.remove_fake_quantize import copy_in_float

if TYPE_CHECKING:
    from openpot.graph.model import CompressedModel
    from openpot.legacy.graph_node import GraphNode
    from openpot.placement.plan import PlannedQuantizer
    from openpot.typing_aliases import Array

QUANTIZATION_PARAMETERS = ["level_high", "level_low", "mode", "granularity", "bits"]
"""What a section about weights, activations or outputs states about a FakeQuantize."""
ACTIVATION_QUANTIZATION_MODES = ["activations", "outputs"]
QUANTIZATION_MODES = ["weights", *ACTIVATION_QUANTIZATION_MODES]
_BINS = 256


def get_fake_quantize_configuration(config: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What the parameters of an algorithm state about weights, activations and outputs."""
    sections = {mode: config.get(mode) or {} for mode in QUANTIZATION_MODES}
    return {
        mode: {key: value for key, value in section.items() if key in QUANTIZATION_PARAMETERS}
        for mode, section in sections.items()
    }


def compute_stats_layouts(
    config: Mapping[str, Any], model: CompressedModel, qscheme: object = None
) -> dict[str, dict[str, Any]]:
    """The configuration of every FakeQuantize that these parameters put into a model.

    Args:
        config: the parameters of MinMaxQuantization.
        model: float or quantized; not changed.
        qscheme: ignored: a search states bits and modes in ``config``.

    Returns:
        For each FakeQuantize by its full name: ``bits``, ``mode``, ``granularity``, ``signed``, ``range_estimator``,
        and ``level_low`` and ``level_high`` where they are stated.
    """
    del qscheme
    stated = {"placement": "pot", **config}
    kept, _ = understood_parameters(MinMaxQuantization.name, MinMaxQuantization.config_class, stated)
    plan = MinMaxQuantization(kept).plan(copy_in_float(model))
    return {quantizer.name: _describe(quantizer, stated) for quantizer in plan.quantizers}


def _describe(quantizer: PlannedQuantizer, stated: Mapping[str, Any]) -> dict[str, Any]:
    config = quantizer.config
    mode, granularity, kind = str(config.mode), config.granularity.key, str(quantizer.kind)
    levels = {"level_low": config.level_low, "level_high": config.level_high}
    return {
        "bits": config.num_bits,
        "mode": mode,
        "granularity": granularity,
        **{key: level for key, level in levels.items() if level is not None},
        "signed": config.level_low is not None and config.level_low < 0,
        "range_estimator": get_range_estimator_config(stated, kind, granularity, mode),
    }


def get_num_levels(x: Array) -> int:
    """How many evenly spaced values a tensor holds, up to 256.

    Args:
        x: any shape.

    Returns:
        0 for equal values, and -1 where the values are too close for a spacing to be seen.
    """
    counts, _ = np.histogram(np.ravel(x), _BINS)
    spacings = np.diff(np.flatnonzero(counts))
    if not spacings.size:
        return 0
    return -1 if spacings.min() == 1 else round(_BINS / int(spacings.min()))


def get_value(key: str, fq_config: Mapping[str, Any], default: Any = None) -> Any:
    """An entry of a configuration, or ``default``."""
    return fq_config.get(key, default)


def get_fake_quantize_input(fake_quantize: GraphNode) -> GraphNode:
    """What a FakeQuantize quantizes; after a conversion of constants, the constant."""
    source = get_node_input(fake_quantize, 0)
    return get_node_input(source, 0) if source.type == "Convert" else source


def get_fake_quantize_input_value(fake_quantize: GraphNode) -> Array | None:
    """The value of the constant that a FakeQuantize quantizes; None for data."""
    return get_fake_quantize_input(fake_quantize).value


def get_fake_quantize_first_output(fake_quantize: GraphNode) -> GraphNode:
    """The first reader of a FakeQuantize."""
    return get_node_output(fake_quantize, 0)[0]
