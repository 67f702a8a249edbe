"""Presets: which of the allowed quantizers is taken, for the Python API and the command line alike.

A hardware table lists the quantizers of an operation from the fastest to the most accurate, which is from symmetric to
asymmetric. ``performance`` takes the first for weights and activations, ``mixed`` the first for weights and the last
for activations, ``accuracy`` the last for both. Asymmetric weights gain nothing where the device runs them in float,
and zero points of activations cost nothing where its kernels have them: :func:`executable_preset` knows these devices.
"""

from __future__ import annotations

from enum import StrEnum


class Preset(StrEnum):
    """The trade between speed and accuracy."""

    PERFORMANCE = "performance"
    MIXED = "mixed"
    ACCURACY = "accuracy"

    @property
    def has_asymmetric_activations(self) -> bool:
        """Whether activations get the last of the allowed quantizers."""
        return self is not Preset.PERFORMANCE

    @property
    def has_asymmetric_weights(self) -> bool:
        """Whether weights get the last of the allowed quantizers."""
        return self is Preset.ACCURACY


_NEEDS_SYMMETRIC_WEIGHTS = frozenset({"ANY", "CPU", "CPU_SPR", "GPU"})


_HAS_FREE_ZERO_POINTS = frozenset({"ANY", "CPU", "CPU_SPR"})


def executable_preset(preset: Preset, target_device: str) -> Preset:
    """What ``preset`` comes to on a device.

    ``accuracy`` is ``mixed`` where asymmetric weights do not run in INT8, and so is ``performance`` on the CPU, whose
    kernels take activations with a zero point as fast as others (``docs/accuracy.md`` has the measurement).
    """
    if preset is Preset.ACCURACY and target_device in _NEEDS_SYMMETRIC_WEIGHTS:
        return Preset.MIXED
    if preset is Preset.PERFORMANCE and target_device in _HAS_FREE_ZERO_POINTS:
        return Preset.MIXED
    return preset
