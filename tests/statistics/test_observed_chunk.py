"""What a few inferences tell, in plain values."""

import numpy as np

from openpot.data.input_values import ValueRange
from openpot.data.pass_notes import SampleNote
from openpot.statistics.observed_chunk import ObservedChunk, ObservedInference


def test_a_chunk_comes_back_as_it_was():
    inferences = (
        ObservedInference(np.array([1.5, np.nan], np.float32), {3: np.float64(0.1)}, is_last=False),
        ObservedInference(np.array([2.5, 3.5], np.float32), {}, is_last=True),
    )
    chunk = ObservedChunk(inferences, (SampleNote(7, {"data": ValueRange(0.0, 1.0)}, "digest"),))
    again = ObservedChunk.from_plain(chunk.to_plain())
    assert again.num_samples == 1
    assert again.notes == list(chunk.notes)
    for before, after in zip(inferences, again.inferences, strict=True):
        np.testing.assert_array_equal(after.packed, before.packed, strict=True)
        assert (after.loose, after.is_last) == (before.loose, before.is_last)
