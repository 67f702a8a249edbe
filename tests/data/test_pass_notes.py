"""Notes of samples that a pass hands on."""

import warnings

import numpy as np
import pytest

from openpot.data.input_values import ValueRange
from openpot.data.pass_notes import PassNotes, SampleNote
from openpot.errors import DataError, OpenPotWarning

ONES, TWOS = [np.ones(3)], [np.full(3, 2.0)]


def hand_on(samples, ranges):
    """Notes of a pass whose samples were noted elsewhere, and went through JSON."""
    first, second = PassNotes(keeps_notes=True), PassNotes()
    for index, (arrays, limits) in enumerate(zip(samples, ranges, strict=True)):
        first.add(index, {"data": ValueRange(*limits)}, arrays)
    for note in first.pop(range(len(samples))):
        second.take_in(SampleNote.from_plain(note.to_plain()))
    assert first.pop(range(len(samples))) == []
    return second


def test_equal_samples_are_noticed_wherever_they_were_noted():
    with pytest.warns(OpenPotWarning, match="2 samples that are all equal"):
        hand_on([ONES, ONES], [(0, 1), (0, 1)]).warn_if_poor()


@pytest.mark.parametrize("samples", [[ONES, TWOS], [ONES, ONES, TWOS], [ONES, TWOS, ONES]])
def test_samples_that_differ_are_fine(samples):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        hand_on(samples, [(0, 1)] * len(samples)).warn_if_poor()


def test_two_halves_that_vary_in_themselves_are_one_varied_pass():
    notes = hand_on([ONES, TWOS], [(0, 1)] * 2)
    notes.take_in(SampleNote(2, {}, None))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        notes.warn_if_poor()


def test_samples_out_of_proportion_are_noticed_wherever_they_were_noted():
    with pytest.raises(DataError, match="sample 3"):
        hand_on([ONES] * 4, [(0, 1), (0, 1), (0, 1), (0, 1e9)]).conclude()


def test_notes_are_kept_only_if_they_are_asked_for():
    notes = PassNotes()
    notes.add(0, {}, ONES)
    assert notes.pop([0]) == []
