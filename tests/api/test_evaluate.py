"""``openpot.evaluate``."""

import numpy as np
import pytest

import openpot
from openpot.errors import ConfigError, MetricError
from real_networks import outputs
from toy_models import images, tiny_cnn


def test_the_value_is_what_numpy_says_and_lies_in_its_interval():
    answers = outputs(tiny_cnn(), images(8)).reshape(8, -1).argmax(axis=1)
    labels = np.where(np.arange(8) < 6, answers, (answers + 1) % 5)
    found = openpot.evaluate(tiny_cnn(), list(zip(images(8), labels, strict=True)), "accuracy")
    assert found.values == {"accuracy@top1": 0.75}
    lower, upper = found.intervals["accuracy@top1"]
    assert 0.2 < lower < 0.75 < upper < 1


def test_what_is_no_metric_or_has_no_annotations_is_refused():
    with pytest.raises(ConfigError, match="there is no metric to measure"):
        openpot.evaluate(tiny_cnn(), images(2), None)
    with pytest.raises(MetricError, match="no sample has an annotation"):
        openpot.evaluate(tiny_cnn(), images(2), "accuracy")
