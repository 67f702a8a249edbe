"""A quantized model under trial tells the errors that the models made for its choices have."""

import numpy as np
import pytest

from openpot.data.validation_samples import choose_validation_positions
from openpot.graph.snapshot_model import snapshot_from_model
from openpot.measure.output_distance import OutputDistance, find_worst_error
from openpot.rewrites.insert_bias import shift_biases
from openpot.rewrites.remove_fake_quantize import remove_fake_quantize
from openpot.rewrites.set_limits import set_limits
from openpot.search.trial import Trial
from openpot.trial.compared_outputs import find_compared_tensors
from quantized_toys import measure_validation_error, quantized
from toy_models import images, tiny_cnn

JUDGES = [2, 4, 7, 9, 12]


@pytest.fixture(scope="module")
def toy():
    return quantized(tiny_cnn(), images(13))


@pytest.fixture(scope="module")
def trial(toy):
    return Trial(toy.subject, toy.outputs)


@pytest.fixture(scope="module")
def switched(toy):
    return Trial(toy.subject, toy.outputs, [one.name for one in toy.subject.quantizers])


def test_two_of_five_samples_judge(trial):
    assert choose_validation_positions(13) == JUDGES
    assert trial.num_validation_samples == 5
    assert trial.layers == ("conv1", "conv2", "fc")


@pytest.mark.parametrize("number", [0, 1], ids=["widest", "average"])
def test_the_error_of_a_choice_is_that_of_the_quantized_model(toy, trial, number):
    model = toy.model.clone()
    if number:
        set_limits(model, toy.done.average)
    error = trial.measure_error(dict.fromkeys(toy.activations, number), {})
    assert error == pytest.approx(measure_validation_error(toy.reference, model, toy.feeds), rel=0.02)


def test_the_error_without_some_quantizers_is_that_of_the_model_without_them(toy, trial):
    model = toy.model.clone()
    remove_fake_quantize(model, toy.activations[:1], whole_blocks=False)
    choice = {**dict.fromkeys(toy.activations, 0), toy.activations[0]: None}
    assert trial.measure_error(choice, {}) == pytest.approx(
        measure_validation_error(toy.reference, model, toy.feeds), rel=0.02
    )


def test_the_error_with_shifts_is_that_of_the_model_with_such_biases(toy, trial):
    choice = dict.fromkeys(toy.activations, 0)
    shifts = trial.fit_shifts(choice)
    model = toy.model.clone()
    shift_biases(model, shifts)
    assert shifts
    assert trial.measure_error(choice, shifts) == pytest.approx(
        measure_validation_error(toy.reference, model, toy.feeds), rel=0.02
    )


def test_with_everything_in_float_weights_included_there_is_no_error(toy, switched):
    assert sorted(switched.weights) == ["conv1/fq_weights_1", "conv2/fq_weights_1", "fc/fq_weights_1"]
    off = dict.fromkeys([*toy.activations, *switched.weights])
    assert switched.measure_error(off, {}) < 1e-4


def test_weights_that_no_choice_names_stay_quantized(toy, trial, switched):
    off = dict.fromkeys(toy.activations)
    assert switched.measure_error(off, {}) == pytest.approx(trial.measure_error(off, {}), rel=1e-3)
    assert trial.measure_error(off, {}) > 1e-4


def test_shifted_is_never_worse_than_plain_and_remembers(toy, trial):
    choice = dict.fromkeys(toy.activations, 0)
    shifts, error = trial.try_shifts(choice)
    assert error == min(trial.measure_error(choice, {}), trial.measure_error(choice, trial.fit_shifts(choice)))
    before = trial.inferences
    assert trial.try_shifts(choice)[1] == error
    assert trial.inferences == before
    assert bool(shifts) == (error < trial.measure_error(choice, {}))


def test_inferences_are_counted(toy):
    own = Trial(toy.subject, toy.outputs)
    choice = dict.fromkeys(toy.activations, 0)
    counts = [own.inferences]
    for ask in (
        lambda: own.measure_error(choice, {}),
        lambda: own.measure_error(choice, {}, 2),
        lambda: own.fit_shifts(choice),
    ):
        ask()
        counts.append(own.inferences)
    assert np.diff([0, *counts]).tolist() == [13, 5, 2, 8]


def test_outputs_that_do_not_vary_do_not_count():
    seen = [OutputDistance("a", 0.25, 12.0, 4), OutputDistance("b", None, 3.0, 4), OutputDistance("c", 0.5, 6.0, 4)]
    assert find_worst_error(seen) == 0.5
    assert find_worst_error(seen[1:2]) == find_worst_error([]) == 0.0


def test_it_is_judged_by_what_the_outputs_show(toy, trial):
    names = [one.output for one in trial.measure_distances(dict.fromkeys(toy.activations, 0), {})]
    assert names == [str(tensor) for tensor in find_compared_tensors(snapshot_from_model(toy.reference))]


def test_noise_at_the_inputs_moves_the_outputs_a_little_and_as_much_each_time(trial):
    error = trial.measure_noise_error()
    assert 1e-4 < error < 0.1
    assert trial.measure_noise_error() == error
    assert not trial.gives_images
