"""What algorithms are told before they run."""

from dataclasses import FrozenInstanceError

import pytest

from openpot.algorithms.context import Calibration, PipelineContext


def test_nothing_is_known_at_the_beginning_of_a_pipeline():
    assert PipelineContext() == PipelineContext(frozenset(), frozenset())
    calibration = Calibration()
    assert (calibration.statistics, calibration.inferences, calibration.original) == ({}, None, None)


@pytest.mark.parametrize(("kind", "field"), [(PipelineContext, "aligned_layers"), (Calibration, "original")])
def test_what_was_told_cannot_be_changed(kind, field):
    with pytest.raises(FrozenInstanceError):
        setattr(kind(), field, None)
