"""A limit of the output error that was stated as a number is kept, or the result says that it is not."""

import math

import numpy as np
import pytest

import openpot
from openpot.api.error_limit import explain_missed_limit
from openpot.errors import OpenPotWarning
from openpot.measure.output_distance import DistanceAccumulator
from toy_models import images, tiny_cnn


def distances(error, samples=4):
    accumulator = DistanceAccumulator("output")
    for number in range(samples):
        reference = np.full((1, 2), float(number))
        accumulator.add(reference, reference + error)
    return [accumulator.compute_distance()]


def test_a_limit_is_met_or_missed_by_what_was_measured():
    assert explain_missed_limit(0.2, distances(0.01)) is None
    assert "0.2 is not met: the error of the worst output is" in explain_missed_limit(0.2, distances(1.0))


@pytest.mark.parametrize("limit", ["auto", None, math.inf])
def test_no_number_is_no_promise(limit):
    assert explain_missed_limit(limit, distances(9.0)) is None
    assert explain_missed_limit(limit, []) is None


@pytest.mark.parametrize("found", [[], distances(0.0, samples=1)], ids=["nothing compared", "one sample"])
def test_what_cannot_be_shown_is_not_met(found):
    assert "give more samples" in explain_missed_limit(0.2, found)


@pytest.mark.parametrize("count", [1, 2])
def test_a_limit_that_cannot_be_kept_is_a_target_that_is_not_met(count):
    with pytest.warns(OpenPotWarning, match="max_output_error 1e-09 is not met"):
        result = openpot.quantize(tiny_cnn(), images(count), max_output_error=1e-9)
    assert result.status == "target not met"
    assert not result.status.is_success
    assert any("is not met" in text for text in result.warnings)
