"""The presets mean the same through every door."""

import pytest

from openpot.config.presets import Preset


@pytest.mark.parametrize(
    ("preset", "weights", "activations"),
    [("performance", False, False), ("mixed", False, True), ("accuracy", True, True)],
)
def test_presets_choose_the_last_quantizer_for(preset, weights, activations):
    assert Preset(preset).has_asymmetric_weights is weights
    assert Preset(preset).has_asymmetric_activations is activations
