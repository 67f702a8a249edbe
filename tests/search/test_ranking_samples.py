"""Which samples score units."""

from openpot.search.accuracy_target import MetricLimit
from openpot.search.ranking_samples import (
    FEWEST_SAMPLES,
    choose_ranking_size,
    find_worst_samples,
    sample_randomly,
)

HIGHER, LOWER = (MetricLimit("m", higher, 1.0, 0.0) for higher in (True, False))


def test_the_samples_that_lost_most_are_taken_in_either_direction():
    before, after = dict(enumerate([1.0, 1.0, 1.0, 1.0, None])), dict(enumerate([1.0, 0.2, 1.5, 0.9, 0.0]))
    assert find_worst_samples(before, after, HIGHER, 2) == [1, 3]
    assert find_worst_samples(before, after, LOWER, 1) == [2]
    assert find_worst_samples(before, {}, HIGHER, 2) == [0, 1]


def test_more_units_get_fewer_samples_and_what_is_stated_holds():
    assert choose_ranking_size(None, 3, 1000) == 300
    assert choose_ranking_size(None, 50, 1000) == 20
    assert choose_ranking_size(None, 5000, 1000) == FEWEST_SAMPLES
    assert choose_ranking_size(700, 60, 1000) == 700
    assert choose_ranking_size(700, 60, 50) == 50


def test_samples_are_drawn_without_chance():
    assert sample_randomly(100, 0.5, 7) == sample_randomly(100, 0.5, 7) != sample_randomly(100, 0.5, 8)
    assert len(sample_randomly(100, 0.5, 7)) == 50
    assert len(sample_randomly(3, 0.01, 0)) == 1
