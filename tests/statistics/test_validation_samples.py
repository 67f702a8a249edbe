"""Which samples judge."""

import pytest

from openpot.statistics.validation_samples import choose_validation_positions


@pytest.mark.parametrize(
    ("count", "judges"), [(0, []), (2, []), (5, [2, 4]), (10, [2, 4, 7, 9]), (13, [2, 4, 7, 9, 12])]
)
def test_two_of_five_samples_in_a_row_judge(count, judges):
    assert choose_validation_positions(count) == judges
