"""The words of quantization in configurations, tables and reports."""

import pytest

from openpot.errors import ConfigError
from openpot.scheme import PerChannel, PerGroup, PerTensor, is_same_kind, parse_granularity


@pytest.mark.parametrize(
    ("key", "granularity", "text"),
    [
        ("pertensor", PerTensor(), "per tensor"),
        ("perchannel", PerChannel(), "per channel"),
        ("pergroup:64", PerGroup(64), "per group of 64"),
    ],
)
def test_a_key_is_read_and_written(key, granularity, text):
    assert parse_granularity(key) == granularity
    assert (granularity.key, granularity.axes, str(granularity)) == (key, (), text)


@pytest.mark.parametrize("key", ["channel", "pergroup", "pergroup:", "pergroup:1", "pergroup:x", "pertensor:4", ""])
def test_other_keys_are_refused(key):
    with pytest.raises(ConfigError, match="must be 'pertensor', 'perchannel' or 'pergroup:<size>'"):
        parse_granularity(key)


def test_axes_of_a_tensor_make_no_other_kind():
    assert (PerChannel(1).axes, PerChannel((0, 2)).axes, PerGroup(64, 0, 1).axes) == ((1,), (0, 2), (0,))
    assert str(PerChannel((0, 1))) == "per channel (axis (0, 1))"
    assert str(PerGroup(64, 0, 1)) == "per group of 64 (axis 1)"
    assert is_same_kind(PerChannel(1), PerChannel())
    assert not is_same_kind(PerGroup(64), PerGroup(128))
