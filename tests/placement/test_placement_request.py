import pytest

from openpot.config.ignored_scope import IgnoredScope
from openpot.config.quantizer_override import QuantizerOverrideConfig
from openpot.errors import ConfigError
from openpot.placement.placement_request import PlacementRequest
from openpot.placement.plan import QuantizerKind


def test_the_defaults():
    request = PlacementRequest()
    assert (request.placement, request.preset, request.saturation_fix) == ("openpot", "performance", None)
    assert request.table.target_device == request.device.name == "ANY"
    assert not request.skips_model
    assert not request.is_transformer


def test_an_unknown_device_is_refused():
    with pytest.raises(ConfigError, match="no target device 'TPU'"):
        _ = PlacementRequest(target_device="TPU").table


def test_overrides_by_kind():
    request = PlacementRequest(activations=QuantizerOverrideConfig(mode="asymmetric"))
    assert request.overrides[QuantizerKind.ACTIVATIONS].list_stated() == {"mode": "asymmetric"}
    assert request.overrides[QuantizerKind.WEIGHTS].list_stated() == {}


def test_transformers_and_models_that_are_left_out():
    assert PlacementRequest(model_type="transformer").is_transformer
    assert PlacementRequest(ignored=IgnoredScope(skip_model=True)).skips_model
