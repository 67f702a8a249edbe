import pytest

from openpot.config.hardware import load_hardware_table
from openpot.config.quantizer import QuantizerConfig
from openpot.config.quantizer_override import QuantizerOverrideConfig
from openpot.placement.quantizer_override import apply_override, choose_entries
from openpot.scheme import PerChannel, PerGroup, PerTensor

WEIGHTS = load_hardware_table("CPU").find("Convolution").weights


def short(configs):
    return [(c.num_bits, str(c.mode), c.granularity.key, c.level_low) for c in configs]


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
    choices, agreed = choose_entries(QuantizerOverrideConfig(**stated), WEIGHTS)
    assert short(choices) == expected
    assert agreed is listed


def test_levels_of_other_bits_go():
    config = QuantizerConfig(16, level_low=-32768, level_high=32767, signed=True)
    changed = apply_override(QuantizerOverrideConfig(bits=8), config)
    assert (changed.level_low, changed.level_high, changed.signed) == (None, None, None)
    assert apply_override(QuantizerOverrideConfig(granularity="perchannel"), config).level_low == -32768


@pytest.mark.parametrize(
    ("stated", "planned", "expected"),
    [
        ("perchannel", PerChannel(1), PerChannel(1)),
        ("pertensor", PerChannel(1), PerTensor()),
        ("perchannel", PerGroup(64, 0, 1), PerChannel(0)),
        ("perchannel", PerTensor(), PerChannel()),
    ],
    ids=str,
)
def test_the_axes_that_are_known_stay(stated, planned, expected):
    override = QuantizerOverrideConfig(granularity=stated)
    assert apply_override(override, QuantizerConfig(granularity=planned)).granularity == expected
