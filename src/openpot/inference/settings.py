"""The settings of the OpenVINO engine, out of a configuration that may hold other keys too."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from openpot.data.watched_samples import check_sample_timeout
from openpot.errors import ConfigError
from openpot.inference.compile import check_device

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class EngineSettings:
    """What the engine reads from its configuration.

    Attributes:
        device: where to run; ``CPU`` by default.
        batch_dim: axis along which samples are joined.
        stat_requests_number: inferences under way at once while statistics are collected; None for the best number.
        eval_requests_number: the same for metrics.
        prefetch: load samples on a thread of their own. Switch it off for data loaders that must stay on one thread.
        sample_timeout: seconds after which a sample that is being loaded is given up; None for no limit.
        reshapes_samples: see :class:`openpot.data.guard.SampleGuard`; no configuration sets it.
    """

    device: str
    batch_dim: int = 0
    stat_requests_number: int | None = None
    eval_requests_number: int | None = None
    prefetch: bool = True
    sample_timeout: float | None = None
    reshapes_samples: bool = False

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> EngineSettings:
        """The settings of a configuration; keys of others are left alone.

        Raises:
            ConfigError: a value is of the wrong kind.
            DeviceError: the device is not on this machine.
        """
        return cls(
            device=check_device(config.get("device") or "CPU"),
            batch_dim=_read_whole_number(config, "batch_dim", smallest=0) or 0,
            stat_requests_number=_read_whole_number(config, "stat_requests_number", smallest=0),
            eval_requests_number=_read_whole_number(config, "eval_requests_number", smallest=0),
            prefetch=bool(config.get("prefetch", True)),
            sample_timeout=check_sample_timeout(config.get("sample_timeout")),
        )


def clip_requests(number: int | None) -> int:
    """A number of requests between 1 and the number of processors; 0 leaves it to the runtime."""
    if not number:
        return 0
    most = os.cpu_count() or 1
    clipped = min(max(int(number), 1), most)
    if clipped != number:
        logger.warning("Number of requests %d is out of range [1, %d]. Will be used %d.", number, most, clipped)
    return clipped


def _read_whole_number(config: Mapping[str, Any], key: str, smallest: int) -> int | None:
    value = config.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < smallest:
        raise ConfigError(f"engine config: {key} must be a whole number from {smallest}, got {value!r}")
    return int(value)
