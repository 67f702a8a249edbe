"""The metric of a model over a data set."""

import numpy as np
import pytest

from openpot.api.metric_evaluation import evaluate_metric
from openpot.data.adapt import make_data_loader
from openpot.data.callable_metric import CallableMetric
from openpot.data.held_out_samples import SelectedSamples
from openpot.errors import MetricError, OpenPotWarning
from openpot.progress import SilentProgress
from real_networks import outputs
from toy_models import images, tiny_cnn

METRIC = CallableMetric(lambda outputs, label: float(outputs[0][0, 0]) + label, "first")
PAIRS = [(sample, number) for number, sample in enumerate(images(5))]


def evaluate(pairs, metric=METRIC):
    return evaluate_metric(tiny_cnn(), make_data_loader(pairs), metric, SilentProgress())


def test_the_value_is_the_mean_over_samples_and_is_taken_apart():
    evaluation = evaluate(PAIRS)
    by_hand = [float(answer.ravel()[0]) + number for number, answer in enumerate(outputs(tiny_cnn(), images(5)))]
    assert evaluation.values["first"] == pytest.approx(np.mean(by_hand), rel=1e-5)
    assert evaluation.scores["first"].list_values() == pytest.approx(by_hand, rel=1e-5)
    assert evaluation.samples == 5


def test_two_models_are_compared_sample_by_sample():
    change = evaluate(PAIRS).compare_with(evaluate([(sample, number - 1) for sample, number in PAIRS]))["first"]
    assert (change.change, *change.interval) == pytest.approx((-1, -1, -1), abs=1e-5)


def test_without_annotations_there_is_nothing_to_measure():
    with pytest.raises(MetricError, match=r"give pairs \(sample, annotation\)"):
        evaluate(images(2))


def test_samples_without_an_annotation_are_not_counted_and_a_warning_says_so():
    with pytest.warns(OpenPotWarning, match="measured on 5 of 7 samples: the others have no annotation"):
        evaluation = evaluate([*PAIRS, *((sample, None) for sample in images(2))])
    assert evaluation.samples == 5
    assert evaluation.values == evaluate(PAIRS).values


def test_held_out_samples_that_all_lack_an_annotation_are_named_as_such():
    loader = SelectedSamples(make_data_loader([*PAIRS, *images(2)]), [5, 6])
    with pytest.raises(MetricError, match="no held-out sample has an annotation"):
        evaluate_metric(tiny_cnn(), loader, METRIC, SilentProgress())
