"""Granularity in the words of configurations and hardware tables, before the channel axis is known."""

from __future__ import annotations

from enum import StrEnum


class ChannelScope(StrEnum):
    """One pair of limits for the tensor, or one pair for each channel."""

    PER_TENSOR = "pertensor"
    PER_CHANNEL = "perchannel"
