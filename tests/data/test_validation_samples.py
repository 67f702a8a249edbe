"""Which samples validate."""

import pytest

from openpot.data.validation_samples import choose_validation_positions, is_validation_position


@pytest.mark.parametrize(
    ("count", "positions"), [(0, []), (2, []), (5, [2, 4]), (10, [2, 4, 7, 9]), (13, [2, 4, 7, 9, 12])]
)
def test_two_of_five_samples_in_a_row_validate(count, positions):
    assert choose_validation_positions(count) == positions


def test_one_of_four_validates_where_single_layers_are_fitted():
    assert [position for position in range(12) if is_validation_position(position)] == [3, 7, 11]
