import re

import pytest

from openpot.legacy import timestamps


@pytest.mark.parametrize(
    ("function", "pattern"),
    [
        (timestamps.get_timestamp, r"\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d"),
        (timestamps.get_timestamp_precise, r"\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d\.\d{6}"),
        (timestamps.get_timestamp_short, r"\d\d-\d\d-\d\d"),
    ],
)
def test_times_can_be_parts_of_names(function, pattern):
    assert re.fullmatch(pattern, function())
