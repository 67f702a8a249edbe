"""How far changed models are from a float one that runs once."""

import pytest

from openpot.errors import UnknownNameError
from openpot.measure.executed_graph import Arithmetic
from openpot.trial.float_outputs import FloatOutputs
from openpot.trial.output_error import measure_output_error
from quantized_toys import quantized
from toy_models import if_model, images, tiny_cnn, worked_example

FEEDS = [{0: image[None]} for image in images(8)]
ALL = range(len(FEEDS))


def test_a_model_is_no_distance_from_itself():
    error, _ = FloatOutputs(worked_example(), FEEDS, ALL).measure_error(worked_example())
    assert error == 0


def test_it_is_the_output_error_and_the_executed_graph_of_the_candidate():
    toy = quantized(tiny_cnn(), images(8))
    reference, candidate = toy.subject.reference, toy.model
    error, executed = FloatOutputs(reference, FEEDS, ALL).measure_error(candidate)
    assert error == pytest.approx(measure_output_error(reference, candidate, FEEDS), rel=1e-6)
    assert error > 0
    assert executed["conv2"].arithmetic == Arithmetic.INT8


def test_errors_are_shares_of_the_variation_between_all_samples():
    """Two samples that are alike vary little, and the error is no larger for that."""
    toy = quantized(tiny_cnn(), images(8))
    reference, candidate = toy.subject.reference, toy.model
    alike = [FEEDS[0], {0: FEEDS[0][0] + 0.01}]
    among_themselves, _ = FloatOutputs(reference, alike, [0, 1]).measure_error(candidate)
    among_all, _ = FloatOutputs(reference, alike + FEEDS[1:], [0, 1]).measure_error(candidate)
    assert among_all < 0.2 * among_themselves


def test_a_model_without_the_tensor_is_refused():
    with pytest.raises(UnknownNameError):
        FloatOutputs(worked_example(), FEEDS, ALL).measure_error(if_model())
