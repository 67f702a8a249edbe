"""What bias corrections say about their run."""

import dataclasses

import pytest

from openpot.algorithms.bias_records import BiasCorrectionResult, BiasRecord


def test_corrected_layers_are_the_accepted_ones():
    result = BiasCorrectionResult((BiasRecord("a", True, 0.1), BiasRecord("b", False, 9.0, "too large")))
    assert result.corrected == ("a",)


def test_records_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        BiasRecord("a", True, 0.1).accepted = False
