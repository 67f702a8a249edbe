"""Which samples decide."""

import numpy as np
import pytest

from openpot.engine.openvino_engine import IEEngine
from openpot.graph.model import CompressedModel
from openpot.recipes.default_quantization import DefaultQuantization
from openpot.recipes.trial_samples import TrialSamples, can_be_tried, choose_batch_size, choose_trial_size
from openpot.statistics.calibration_subset import CalibrationSubset, space_evenly
from toy_engines import labelled_images
from toy_models import tiny_cnn


def quantize(model, samples=6, **params):
    loader = labelled_images(samples)
    algorithm = DefaultQuantization(params, IEEngine({}, loader))
    held = CompressedModel(graph=model)
    assert algorithm.run(held) is held
    return held, algorithm.result, loader


def test_the_samples_of_the_trial_are_spread_evenly_over_the_calibration_samples():
    assert space_evenly(4, 6) == [0, 1, 2, 3]
    assert space_evenly(10, 5) == [0, 2, 4, 6, 8]
    assert space_evenly(7, 3) == [0, 2, 4]
    _, _, loader = quantize(tiny_cnn(), 50, stat_subset_size=45)
    assert loader.calls[:45] == list(range(45))
    assert loader.calls[45:] == space_evenly(45, 15)
    assert len(loader.calls) == 45 + 15


def test_shuffled_samples_are_tried_in_the_order_in_which_they_were_drawn():
    _, _, loader = quantize(tiny_cnn(), 20, shuffle_data=True, seed=3, stat_subset_size=8)
    assert loader.calls[8:] == loader.calls[:8]
    assert sorted(loader.calls[:8]) != list(range(8))


@pytest.mark.parametrize(("available", "tried"), [(5, 10), (12, 10), (32, 10), (45, 15), (60, 20), (300, 20)])
def test_a_third_of_the_samples_is_tried_within_bounds(available, tried):
    assert choose_trial_size(available) == tried


def test_a_model_that_takes_two_samples_at_a_time_is_tried_with_two():
    _, result, _ = quantize(tiny_cnn(batch=2), 12, stat_batch_size=2)
    assert (choose_batch_size(tiny_cnn(batch=2), 2), choose_batch_size(tiny_cnn(batch=-1), 2)) == (2, 1)
    assert result.evidence.validation_samples == 2  # of six pairs


def test_samples_are_loaded_when_they_are_asked_for_and_once():
    loader = labelled_images(12)
    samples = TrialSamples(IEEngine({}, loader), CalibrationSubset(12), tiny_cnn())
    assert samples.numbers == (0, 1, 2, 3, 4, 6, 7, 8, 9, 10)
    assert loader.calls == []
    assert len(samples.feeds) == len(samples.feeds) == 10
    assert loader.calls == list(samples.numbers)
    np.testing.assert_array_equal(samples.feeds[-1][0], loader.samples[10][0][None])


def test_engines_that_observe_directly_can_be_tried():
    class Own(IEEngine):
        def _process_batch(self, batch):
            return super()._process_batch(batch)

    loader = labelled_images(2)
    assert [can_be_tried(engine) for engine in (None, IEEngine({}, loader), Own({}, loader))] == [True, True, False]
