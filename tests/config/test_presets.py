"""The presets mean the same through every door."""

import pytest

from openpot.config.presets import Preset, executable_preset


@pytest.mark.parametrize(
    ("preset", "weights", "activations"),
    [("performance", False, False), ("mixed", False, True), ("accuracy", True, True)],
)
def test_presets_choose_the_last_quantizer_for(preset, weights, activations):
    assert Preset(preset).has_asymmetric_weights is weights
    assert Preset(preset).has_asymmetric_activations is activations


@pytest.mark.parametrize(
    ("preset", "device", "expected"),
    [
        ("accuracy", "ANY", "mixed"), ("accuracy", "CPU", "mixed"), ("accuracy", "GPU", "mixed"),
        ("accuracy", "CPU_SPR", "mixed"), ("accuracy", "NPU", "accuracy"), ("accuracy", "GNA", "accuracy"),
        ("mixed", "CPU", "mixed"), ("performance", "CPU", "mixed"),
        ("performance", "GPU", "performance"), ("performance", "NPU", "performance"),
    ],
)  # fmt: skip
def test_presets_come_to_what_the_device_runs(preset, device, expected):
    assert executable_preset(Preset(preset), device) == expected
