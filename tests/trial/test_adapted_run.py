"""A model adapted to the means of another, on the same samples."""

import numpy as np

from openpot.data.sampler import BatchSampler
from openpot.engine.openvino_engine import IEEngine
from openpot.graph.tensor_id import TensorId
from openpot.inference import feeds_in_memory
from openpot.rewrites.insert_bias import shift_biases
from openpot.trial.adapted_run import AdaptedRun, run_original
from openpot.trial.shift_inputs import ShiftPlace
from toy_engines import labelled_images
from toy_models import tiny_cnn

PLACES = {"conv2": ShiftPlace(TensorId("conv2"), 1, 8), "fc": ShiftPlace(TensorId("fc"), -1, 5)}


def observed(loader):
    return run_original(IEEngine({}, loader), tiny_cnn(), PLACES, BatchSampler(loader))


def moved(layer="conv2"):
    model = tiny_cnn()
    shift_biases(model, {layer: np.full(8 if layer.startswith("conv") else 5, 0.5)})
    return model


def test_the_layers_behind_an_adapted_one_do_not_feel_what_is_in_front_of_it():
    # The bias behind conv1 shifts what conv2 gets. Adapted, conv2 gives its old mean, and its error is told.
    run = AdaptedRun(observed(labelled_images(4)), moved("conv1"), PLACES)
    differences = run.measure_differences()
    assert differences.shape == (4, 13)
    assert np.abs(differences[:, run.slices["conv2"]]).max() > 0.1


def test_a_model_beside_itself_needs_no_shift_and_has_no_error():
    run = AdaptedRun(observed(labelled_images(4)), tiny_cnn(), PLACES)
    np.testing.assert_allclose(run.measure_differences(), 0, atol=1e-5)
    assert run.measure_error(np.zeros(13, np.float32), range(4)) < 1e-5


def test_shifts_reach_the_outputs():
    run = AdaptedRun(observed(labelled_images(4)), moved(), PLACES)
    back = np.zeros(13, np.float32)
    back[run.slices["conv2"]] = -0.5
    assert run.measure_error(back, range(4)) < 1e-4 < run.measure_error(np.zeros(13, np.float32), range(4))


def test_samples_are_loaded_once_and_as_far_as_they_can_be_kept(monkeypatch):
    loader = labelled_images(6)
    assert len(observed(loader).reference.feeds) == 6
    assert loader.calls == list(range(6))
    monkeypatch.setattr(feeds_in_memory, "MAX_BYTES", 2 * 3 * 16 * 16 * 4)
    assert len(observed(labelled_images(6)).reference.feeds) == 2
