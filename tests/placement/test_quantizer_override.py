import pytest

from openpot.config.channel_scope import ChannelScope
from openpot.config.hardware import load_hardware_table
from openpot.config.quantizer import QuantizerConfig
from openpot.errors import ConfigError, UnknownNameError
from openpot.placement.quantizer_override import QuantizerOverride, parse_override
from openpot.scheme import QuantizationMode

WEIGHTS = load_hardware_table("CPU").find("Convolution").weights
SYMMETRIC, ASYMMETRIC = QuantizationMode.SYMMETRIC, QuantizationMode.ASYMMETRIC


def short(configs):
    return [(c.num_bits, str(c.mode), str(c.scope), c.level_low) for c in configs]


@pytest.mark.parametrize(
    ("stated", "expected", "listed"),
    [
        ({}, [(8, "symmetric", "perchannel", -127), (8, "asymmetric", "perchannel", None)], True),
        ({"mode": "asymmetric"}, [(8, "asymmetric", "perchannel", None)], True),
        ({"bits": 8, "granularity": "perchannel", "mode": "symmetric"}, [(8, "symmetric", "perchannel", -127)], True),
        ({"bits": 4}, [(4, "symmetric", "perchannel", None), (4, "asymmetric", "perchannel", None)], False),
        (
            {"granularity": "pertensor"},
            [(8, "symmetric", "pertensor", -127), (8, "asymmetric", "pertensor", None)],
            False,
        ),
        (
            {"bits": 4, "mode": "symmetric", "granularity": "perchannel", "level_low": -7, "level_high": 7},
            [(4, "symmetric", "perchannel", -7)],
            False,
        ),
    ],
    ids=str,
)
def test_what_is_stated_filters_the_entries_or_is_laid_over_them(stated, expected, listed):
    choices, agreed = parse_override("weights", stated).choose(WEIGHTS)
    assert short(choices) == expected
    assert agreed is listed


def test_levels_of_other_bits_go():
    config = QuantizerConfig(16, level_low=-32768, level_high=32767, signed=True)
    changed = QuantizerOverride(num_bits=8).laid_over(config)
    assert (changed.level_low, changed.level_high, changed.signed) == (None, None, None)
    assert QuantizerOverride(scope=ChannelScope.PER_CHANNEL).laid_over(config).level_low == -32768


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ({"bits": 1}, "weights: bits must lie in 2..32"),
        ({"bits": "8"}, "weights.bits must be a whole number, given '8'"),
        ({"bits": True}, "weights.bits must be a whole number"),
        ({"mode": "symetric"}, "weights.mode must be one of symmetric, asymmetric; given 'symetric'"),
        ({"granularity": "channel"}, "weights.granularity must be one of pertensor, perchannel"),
        ({"level_low": 5}, "weights: level_low must be at most 0"),
    ],
    ids=str,
)
def test_impossible_values_are_refused(stated, message):
    with pytest.raises(ConfigError, match=message):
        parse_override("weights", stated)


def test_unknown_keys_are_refused_with_the_nearest():
    with pytest.raises(UnknownNameError, match=r"activations\.bit does not exist; did you mean 'bits'"):
        parse_override("activations", {"bit": 8})


def test_none_and_the_range_estimator_say_nothing():
    assert parse_override("weights", {"bits": None, "range_estimator": {"preset": "quantile"}}) == QuantizerOverride()
    assert parse_override("weights", None) == QuantizerOverride()
