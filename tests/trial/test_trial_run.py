"""Running trial graphs beside the float model."""

import numpy as np
import pytest

from openpot.graph.tensor_id import InputId, TensorId
from openpot.numerics.fake_quantize import FakeQuantizeLimits
from openpot.rewrites.insert_bias import shift_biases
from openpot.trial.reference_run import run_reference
from openpot.trial.shift_inputs import ShiftPlace
from openpot.trial.switched_quantizer import TrialQuantizer
from openpot.trial.trial_graph import build_reference_graph, build_trial_graph
from openpot.trial.trial_run import TrialRun
from toy_models import images, run, tiny_cnn

LAYERS = {"conv1": ShiftPlace(TensorId("conv1"), 1, 8), "fc": ShiftPlace(TensorId("fc"), -1, 5)}
OUTPUT = TensorId("fc_bias")
FEEDS = [{0: image[None]} for image in images(9)]
LIMITS = FakeQuantizeLimits.from_range(np.float32(-0.5), np.float32(0.5), 16)


def built(layers=LAYERS, judges=(2, 5, 8)):
    """A compiled trial of tiny_cnn, and what the float model says."""
    quantizer = TrialQuantizer("fq", TensorId("data"), (InputId("conv1", 0),), (LIMITS,))
    graph = build_trial_graph(tiny_cnn(), [quantizer], [], layers, [OUTPUT], ["fq"])
    reference = run_reference(build_reference_graph(tiny_cnn(), layers, [OUTPUT]), FEEDS, bool(layers), judges)
    return TrialRun(graph, ["logits"]), reference


@pytest.mark.parametrize("layers", [LAYERS, {}], ids=["with layers", "without layers"])
def test_with_everything_off_nothing_differs(layers):
    trial, reference = built(layers)
    validation = reference.select([2, 5, 8])
    (distance,) = trial.measure_distances(trial.graph.make_controls({}), validation)
    assert (distance.output, distance.samples) == ("logits", 3)
    assert distance.relative < 1e-5
    if layers:
        np.testing.assert_allclose(trial.measure_differences({}, reference), 0, atol=1e-5)


@pytest.mark.parametrize("layers", [LAYERS, {}], ids=["with layers", "without layers"])
def test_the_distance_is_that_of_a_shifted_quantized_model(layers):
    trial, reference = built(layers)
    shift = np.linspace(-0.3, 0.3, 8)
    validation = reference.select([2, 5, 8])
    (distance,) = trial.measure_distances(
        trial.graph.make_controls({"fq": 0}), validation, trial.graph.pack_shifts({"conv1": shift} if layers else {})
    )
    real = tiny_cnn()
    if layers:
        shift_biases(real, {"conv1": shift})
    clipped = [{0: np.round((np.clip(feed[0], -0.5, 0.5) + 0.5) * 15) / np.float32(15) - 0.5} for feed in FEEDS]
    expected = np.stack([run(real, feed[0])[0] for feed in clipped])[[2, 5, 8]]
    original = np.stack([run(tiny_cnn(), feed[0])[0] for feed in FEEDS])
    variation = np.square(original - original.mean(axis=0)).sum() / len(FEEDS)
    relative = np.sqrt(np.square(expected - original[[2, 5, 8]]).sum() / 3 / variation)
    assert distance.relative == pytest.approx(relative, rel=1e-3)


def test_differences_come_in_the_order_of_the_samples_and_vanish_as_shifts():
    trial, reference = built()
    rows = trial.measure_differences({"fq": 0}, reference)
    alone = trial.measure_differences({"fq": 0}, reference.select([7]))
    np.testing.assert_allclose(alone[0], rows[7], atol=1e-6)
    assert np.abs(rows[7]).max() > 0.01
    clipped = np.round((np.clip(FEEDS[7][0], -0.5, 0.5) + 0.5) * 15) / np.float32(15) - 0.5
    real = build_reference_graph(tiny_cnn(), LAYERS, [OUTPUT])
    place = trial.graph.targets["conv1"]
    lost = run(real, FEEDS[7][0])[0][place] - run(real, clipped)[0][place]
    np.testing.assert_allclose(rows[7][place], lost, atol=1e-5)


def test_equal_questions_get_equal_answers_bit_for_bit():
    trial, reference = built()
    again = trial.measure_differences({"fq": 0}, reference)
    np.testing.assert_array_equal(trial.measure_differences({"fq": 0}, reference), again)
    validation = reference.select([2, 5, 8])
    asked = trial.graph.make_controls({"fq": 0})
    assert trial.measure_distances(asked, validation) == trial.measure_distances(asked, validation)


def test_many_models_are_measured_as_each_alone():
    trial, reference = built()
    validation = reference.select([2, 5, 8])
    shifts = trial.graph.pack_shifts({"fc": np.ones(5)})
    models = [(trial.graph.make_controls({"fq": 0}), None), (trial.graph.make_controls({}), shifts)]
    alone = [trial.measure_distances(controls, validation, shifts) for controls, shifts in models]
    assert list(trial.measure_each(models, validation)) == alone
    assert alone[0] != alone[1]
