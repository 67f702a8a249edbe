"""The journal of a search in a folder of its own."""

import numpy as np
import pytest

from openpot.errors import OpenPotWarning
from openpot.search.search_journal import open_search_journal
from toy_engines import ListLoader


class Keeper:
    """An engine with data."""

    def __init__(self, samples):
        self.data_loader = None if samples is None else ListLoader([(sample, 0) for sample in samples])


SAMPLES = [np.full(4, number, np.float32) for number in range(6)]


def find_score(folder, engine):
    """What is recorded of a score for these data; it is added if it is not there."""
    run = open_search_journal(folder, engine)
    key = run.make_key("score")
    known = run.journal.get(key)
    if known is None:
        run.add(key, 0.5, "a score")
    return known


def test_the_same_data_use_what_is_recorded(tmp_path):
    assert find_score(tmp_path, Keeper(SAMPLES)) is None
    assert find_score(tmp_path, Keeper(SAMPLES)) == 0.5


@pytest.mark.parametrize(
    ("other", "told"), [(SAMPLES[:5], "data.samples was 6 and is 5"), ([sample + 1 for sample in SAMPLES], "content")]
)
def test_other_data_start_anew_and_the_reason_is_said(tmp_path, other, told):
    find_score(tmp_path, Keeper(SAMPLES))
    with pytest.warns(OpenPotWarning, match=f"is of other data, so the search starts anew: .*{told}"):
        assert find_score(tmp_path, Keeper(other)) is None
    assert find_score(tmp_path, Keeper(other)) == 0.5


def test_engines_that_keep_their_data_to_themselves_have_a_journal_as_well(tmp_path):
    assert find_score(tmp_path, Keeper(None)) is None
    assert find_score(tmp_path, Keeper(None)) == 0.5
