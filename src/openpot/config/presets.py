"""Presets: which of the allowed quantizers is taken, for the Python API and the command line alike.

A hardware table lists the quantizers of an operation from the fastest to the most accurate, which is from symmetric to
asymmetric. ``performance`` takes the first for weights and activations, ``mixed`` the first for weights and the last
for activations, ``accuracy`` the last for both. Asymmetric weights gain nothing where the device runs them in float,
and zero points of activations cost nothing where its kernels have them: see
:meth:`openpot.config.target_devices.TargetDevice.choose_preset`.
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
