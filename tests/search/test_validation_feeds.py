"""The samples that validate, with all their steps."""

import numpy as np

from openpot.inference.feeds import NextStep
from openpot.search.validation_feeds import select_validation_feeds
from openpot.statistics.validation_samples import choose_validation_positions


def test_they_are_those_at_the_validation_positions():
    feeds = [{0: np.array([number])} for number in range(11)]
    chosen = [int(feed[0][0]) for feed in select_validation_feeds(feeds)]
    assert chosen == choose_validation_positions(11)


def test_a_sequence_comes_with_all_its_steps():
    feeds = [kind({0: np.array([number])}) for number in range(6) for kind in (dict, NextStep)]
    chosen = [int(feed[0][0]) for feed in select_validation_feeds(feeds)]
    assert chosen == [number for number in choose_validation_positions(6) for _ in range(2)]
