"""Which items score units."""

from openpot.search.accuracy_target import MetricLimit
from openpot.search.ranking_items import (
    FEWEST_ITEMS,
    drawn_items,
    numbered,
    ranking_size,
    worst_items,
)

HIGHER, LOWER = (MetricLimit("m", higher, 1.0, 0.0) for higher in (True, False))


def test_the_items_that_lost_most_are_taken_in_either_direction():
    before, after = numbered([1.0, 1.0, 1.0, 1.0, None]), numbered([1.0, 0.2, 1.5, 0.9, 0.0])
    assert worst_items(before, after, HIGHER, 2) == [1, 3]
    assert worst_items(before, after, LOWER, 1) == [2]
    assert worst_items(before, {}, HIGHER, 2) == [0, 1]


def test_more_units_get_fewer_items_and_what_is_stated_holds():
    assert ranking_size(None, 3, 1000) == 300
    assert ranking_size(None, 50, 1000) == 20
    assert ranking_size(None, 5000, 1000) == FEWEST_ITEMS
    assert ranking_size(700, 60, 1000) == 700
    assert ranking_size(700, 60, 50) == 50


def test_items_are_drawn_without_chance():
    assert drawn_items(100, 0.5, 7) == drawn_items(100, 0.5, 7) != drawn_items(100, 0.5, 8)
    assert len(drawn_items(100, 0.5, 7)) == 50
    assert len(drawn_items(3, 0.01, 0)) == 1
