"""What the float model computes for the samples of a trial."""

import numpy as np
import pytest

from openpot.errors import EngineError
from openpot.graph.tensor_id import TensorId
from openpot.trial.reference_run import run_reference
from openpot.trial.shift_inputs import ShiftPlace
from openpot.trial.trial_graph import build_reference_graph
from toy_models import images, tiny_cnn

LAYERS = {"conv1": ShiftPlace(TensorId("conv1"), 1, 8), "fc": ShiftPlace(TensorId("fc"), -1, 5)}
OUTPUT = TensorId("fc_bias")
FEEDS = [{0: image[None]} for image in images(9)]


def run_float_model(layers=LAYERS):
    return run_reference(build_reference_graph(tiny_cnn(), layers, [OUTPUT]), FEEDS, bool(layers), [2, 5, 8])


def test_the_reference_has_means_of_all_samples_and_outputs_of_those_that_validate():
    reference = run_float_model()
    assert reference.means.shape == (9, 13)
    assert [len(outputs) for outputs in reference.outputs] == [0, 0, 1, 0, 0, 1, 0, 0, 1]


def test_a_part_keeps_feeds_means_and_outputs_together():
    reference = run_float_model()
    part = reference.select([8, 3, 2])
    assert part.feeds == (FEEDS[8], FEEDS[3], FEEDS[2])
    np.testing.assert_array_equal(part.means, reference.means[[8, 3, 2]])
    np.testing.assert_array_equal(part.outputs[0][0], reference.outputs[8][0])
    assert part.outputs[1] == []
    assert part.select([2]).inferences == (2,)
    assert part.known is reference.known


def test_an_inference_that_fails_names_the_sample():
    with pytest.raises(EngineError, match="sample 1"):
        run_reference(
            build_reference_graph(tiny_cnn(), {}, [OUTPUT]), [FEEDS[0], {0: np.zeros((1, 2), np.float32)}], False, []
        )
