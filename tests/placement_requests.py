"""Requests to placement from plain values."""

from openpot.config.presets import Preset
from openpot.config.quantizer_override import QuantizerOverrideConfig
from openpot.placement.placement_request import PlacementRequest

KINDS = ("weights", "activations", "outputs")


def request_of(preset="performance", **stated):
    """A request with presets and overrides as a configuration spells them."""
    overrides = {kind: QuantizerOverrideConfig(**stated.pop(kind)) for kind in KINDS if kind in stated}
    return PlacementRequest(preset=Preset(preset), **stated, **overrides)
