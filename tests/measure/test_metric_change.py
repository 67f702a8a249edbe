"""How certain the change of a metric is."""

import math

import numpy as np
import pytest

from openpot.data.sample_scores import SampleScores
from openpot.measure.metric_change import GROUPS, MetricChange, compare_metrics


def mean(values):
    return math.fsum(values) / len(values)


def compare(before, after, compute_value=mean):
    scores = [{"m": SampleScores(tuple(values), compute_value)} for values in (before, after)]
    values = [{"m": compute_value(values)} for values in (before, after)]
    return compare_metrics(*values, *scores)["m"]


def test_a_change_that_all_samples_share_is_certain():
    before = np.random.default_rng(0).normal(5, 2, 50).tolist()
    change = compare(before, [value - 0.5 for value in before])
    assert change.change == pytest.approx(-0.5)
    assert change.interval == pytest.approx((-0.5, -0.5))
    assert change.samples == 50


def test_samples_are_paired():
    generator = np.random.default_rng(1)
    before = generator.normal(0, 10, 100)
    after = before + generator.normal(0, 0.1, 100)
    change = compare(before.tolist(), after.tolist())
    assert change.upper - change.lower < 0.1
    assert change.lower < change.change < change.upper


def test_equal_hits_on_few_samples_are_not_certain():
    widths = [compare([1.0] * count, [1.0] * count).upper for count in (6, 60, 600)]
    assert widths == sorted(widths, reverse=True)
    assert widths[0] > 0.1 > widths[1] > 0.01 > widths[2] > 0


def test_the_interval_covers_the_truth_as_often_as_it_says():
    generator, inside = np.random.default_rng(2), 0
    for _ in range(100):
        before = (generator.random(80) < 0.8).astype(float)
        lost, won = generator.random(80) < 0.1, generator.random(80) < 0.05
        after = np.where(before == 1, np.where(lost, 0.0, 1.0), np.where(won, 1.0, 0.0))
        change = compare(before.tolist(), after.tolist())
        inside += change.lower <= -0.8 * 0.1 + 0.2 * 0.05 <= change.upper
    assert inside >= 90


def ratio(pairs):
    return sum(top for top, _ in pairs) / sum(bottom for _, bottom in pairs)


def test_a_metric_that_is_no_mean_is_taken_apart_by_groups():
    generator = np.random.default_rng(3)
    bottoms = generator.integers(1, 9, 200)
    before = [(generator.binomial(size, 0.9), size) for size in bottoms]
    after = [(generator.binomial(size, 0.8), size) for size in bottoms]
    change = compare(before, after, ratio)
    assert change.lower < change.change < change.upper < 0
    assert change.change - change.lower < 0.1


def test_few_samples_are_groups_of_one():
    before, after = [(1, 2), (2, 3), (3, 4)], [(1, 2), (1, 3), (3, 4)]
    assert len(before) < GROUPS
    assert compare(before, after, ratio).interval is not None


@pytest.mark.parametrize(("before", "after"), [([1.0], [0.0]), ([1.0, 0.0], [1.0, 0.0, 1.0])], ids=["one", "unequal"])
def test_what_cannot_be_paired_has_no_interval(before, after):
    assert compare(before, after).interval is None


def test_without_scores_only_the_change_is_known():
    assert compare_metrics({"m": 1.0, "n": 2.0}, {"m": 0.5}, {}, {}) == {"m": MetricChange(-0.5)}
