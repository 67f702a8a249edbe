"""What algorithms say about their run."""

import dataclasses

import pytest

from openpot.algorithms.records import AlignedLayers, BiasCorrectionResult, BiasRecord, ChannelAlignmentResult


def test_corrected_layers_are_the_accepted_ones():
    result = BiasCorrectionResult((BiasRecord("a", True, 0.1), BiasRecord("b", False, 9.0, "too large")))
    assert result.corrected == ("a",)


def test_aligned_consumers_are_known_by_name():
    result = ChannelAlignmentResult((AlignedLayers("a", "b", True, 2.0), AlignedLayers("b", "c", False, 1.0)))
    assert result.consumers == {"b", "c"}


def test_records_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        BiasRecord("a", True, 0.1).accepted = False
