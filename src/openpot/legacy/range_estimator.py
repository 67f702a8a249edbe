"""POT's ``get_range_estimator_config``: the complete range estimator of one kind of tensor, as a dict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from openpot.config.range_estimator import RangeEstimatorConfig, resolve_range_estimator
from openpot.scheme import PerChannel, PerTensor, QuantizationMode, parse_granularity


def get_range_estimator_config(
    config: Mapping[str, Any], tensor_type: str, granularity: str, q_mode: str, preset: str | None = None
) -> dict[str, dict[str, Any]]:
    """What the user stated, laid over the defaults.

    Args:
        config: parameters of an algorithm; ``config[tensor_type]['range_estimator']`` wins over
            ``config['range_estimator']``.
        tensor_type: ``weights``, ``activations`` or ``outputs``.
        granularity: ``pertensor`` or ``perchannel``.
        q_mode: ``symmetric`` or ``asymmetric``.
        preset: ``default`` or ``quantile``, instead of the one in the configuration.

    Returns:
        ``{'min': {...}, 'max': {...}}`` with ``type``, ``granularity`` and where they apply ``aggregator``,
        ``outlier_prob`` and ``clipping_value``; symmetric weights have no ``min``.
    """
    own_config = (config.get(tensor_type) or {}).get("range_estimator")
    stated = dict(own_config or config.get("range_estimator") or {})
    if preset is not None:
        stated["preset"] = preset
    resolved = resolve_range_estimator(
        RangeEstimatorConfig(**stated), tensor_type, parse_granularity(granularity), QuantizationMode(q_mode)
    )
    ends = {name: end for name, end in (("min", resolved.min), ("max", resolved.max)) if end is not None}
    return {
        name: {field.name: _plain(value) for field in fields(end) if (value := getattr(end, field.name)) is not None}
        for name, end in ends.items()
    }


def _plain(value: Any) -> Any:
    """Granularities and members of enumerations as POT wrote them."""
    if isinstance(value, PerTensor | PerChannel):
        return value.key
    return str(value) if isinstance(value, str) else value
