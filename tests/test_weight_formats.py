import numpy as np
import pytest

from openpot.errors import UnknownNameError
from openpot.weight_formats import FORMATS, find_format


@pytest.mark.parametrize("name", [name for name, one in FORMATS.items() if one.values])
def test_values_of_float_formats_are_ordered_and_their_codes_lead_back(name):
    one = FORMATS[name]
    ordered, codes = one.ordered
    assert (np.diff(ordered) > 0).all()
    assert [one.values[code] for code in codes] == pytest.approx(ordered.tolist())


def test_e4m3_is_the_type_of_the_standard():
    ordered, _ = find_format("fp8_e4m3").ordered
    assert ordered[-1] == 448
    assert len(ordered) == 253  # of 256 codes two are not numbers and zero has two


def test_bits_of_a_weight_hold_its_share_of_the_group():
    assert find_format("int4_asym").bits_per_weight(64) == 4 + (16 + 4) / 64
    assert find_format("mxfp4").bits_per_weight(32) == 4.25


def test_an_unknown_name_is_answered_with_the_nearest_one():
    with pytest.raises(UnknownNameError, match="int4_asym"):
        find_format("int4_assym")
