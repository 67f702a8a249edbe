"""Granularity as users state it: ``pertensor`` or ``perchannel``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import PlainSerializer, PlainValidator

from openpot.scheme import Granularity, PerChannel, PerGroup, PerTensor

_KEYS: Mapping[str, Granularity] = {PerTensor.key: PerTensor(), PerChannel.key: PerChannel()}


def _parse(value: Any) -> Granularity:
    if isinstance(value, PerTensor | PerChannel | PerGroup):
        return value
    if str(value) not in _KEYS:
        raise ValueError(f"must be one of {', '.join(_KEYS)}")
    return _KEYS[str(value)]


StatedGranularity = Annotated[
    Granularity, PlainValidator(_parse), PlainSerializer(lambda granularity: granularity.key, return_type=str)
]
"""A granularity, or its name in a configuration."""
