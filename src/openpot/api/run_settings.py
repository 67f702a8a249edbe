"""How a result was made, for its record: model, options, versions, processor."""

from __future__ import annotations

import math
from os import PathLike
from typing import TYPE_CHECKING, Any

from openpot.api.image_guesses import find_preprocessing
from openpot.graph.model_digest import model_digest
from openpot.graph.stored_precision import name_stored_precision
from openpot.measure.environment import list_versions
from openpot.measure.instruction_set import detect_instruction_set

if TYPE_CHECKING:
    from openpot.config.algorithms import DefaultQuantizationConfig
    from openpot.data.loader import DataLoader
    from openpot.graph.types import Model
    from openpot.typing_aliases import JSONValue


def describe_source(model: Any, source: Model) -> dict[str, JSONValue]:
    """What the user calls the model (its path, else its own name), its precision, and a hash of what it computes."""
    return {
        "model": name_model(model, source),
        "precision_before": name_stored_precision(source),
        "digests": {"model": model_digest(source)},
    }


def name_model(model: Any, source: Model) -> str:
    """What the user calls a model: its path, else its own name."""
    return str(model) if isinstance(model, str | PathLike) else str(source.get_friendly_name())


def describe_machine() -> dict[str, JSONValue]:
    """The processor and the versions that measured something."""
    processor = detect_instruction_set()
    return {
        "processor": f"{processor.processor} ({processor.machine}: {', '.join(processor.capabilities)})",
        "int8_sums_can_saturate": processor.int8_saturation,
        "versions": {**list_versions()},
    }


def describe_settings(config: DefaultQuantizationConfig, loader: DataLoader) -> dict[str, JSONValue]:
    """The options, how images became inputs, the processor, and the versions."""
    images = find_preprocessing(loader)
    return {
        "preset": str(config.preset),
        "target_device": config.target_device,
        "subset_size": config.stat_subset_size,
        "seed": config.seed,
        "max_output_error": None if config.max_output_error == math.inf else config.max_output_error,
        "early_stop": config.early_stop,
        "optimize_for": "latency" if config.goes_by_latency else None,
        "max_latency": config.max_latency,
        "min_speedup": config.min_speedup,
        "max_drop": getattr(config, "maximal_drop", None),
        "drop_type": getattr(config, "drop_type", None),
        "ignored_scope": config.ignored.select_for().model_dump(mode="json"),
        "images": None if images is None else str(images),
        **describe_machine(),
    }
