"""Presets: which of the allowed quantizers is taken, for the Python API and the command line alike.

A hardware table lists the quantizers of an operation from the fastest to the most accurate, which is from symmetric to
asymmetric. ``performance`` takes the first for weights and activations, ``mixed`` the first for weights and the last
for activations, ``accuracy`` the last for both. Asymmetric weights gain nothing where the device runs them in float:
:func:`executable_preset` knows these devices.
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


def executable_preset(preset: Preset, target_device: str) -> Preset:
    """What ``preset`` comes to on a device: ``accuracy`` is ``mixed`` where asymmetric weights do not run in INT8."""
    if preset is Preset.ACCURACY and target_device in _NEEDS_SYMMETRIC_WEIGHTS:
        return Preset.MIXED
    return preset
