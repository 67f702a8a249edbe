import pytest

from openpot.config.ignored_scope import IgnoredScope
from openpot.errors import ConfigError
from openpot.placement.placement_request import PlacementRequest
from openpot.placement.plan import QuantizerKind


def test_the_defaults():
    request = PlacementRequest()
    assert (request.placement, request.preset, request.saturation_fix) == ("openpot", "performance", None)
    assert request.table.target_device == "ANY"
    assert not request.skips_model
    assert not request.is_transformer


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ({"placement": "pott"}, "placement 'pott' does not exist; did you mean 'pot'"),
        ({"preset": "performence"}, "preset 'performence' does not exist; did you mean 'performance'"),
        ({"saturation_fix": "first"}, "saturation_fix 'first'"),
        ({"model_type": "bert"}, "model_type 'bert' does not exist; valid names: transformer"),
        ({"target_device": "VPU"}, "no target device 'VPU'"),
        ({"weights": {"bits": 99}}, "weights: bits"),
        ({"outputs": {"mode": "x"}}, r"outputs\.mode"),
    ],
    ids=str,
)
def test_impossible_requests_are_refused_at_once(stated, message):
    with pytest.raises(ConfigError, match=message):
        PlacementRequest(**stated)


def test_overrides_by_kind():
    request = PlacementRequest(activations={"mode": "asymmetric"})
    assert request.overrides[QuantizerKind.ACTIVATIONS].stated == {"mode": "asymmetric"}
    assert request.overrides[QuantizerKind.WEIGHTS].stated == {}


def test_transformers_in_both_spellings():
    assert PlacementRequest(model_type="Transformer").is_transformer
    assert PlacementRequest(ignored=IgnoredScope(skip_model=True)).skips_model
