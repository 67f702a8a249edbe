"""Which samples calibrate and which validate."""

import numpy as np
import pytest

from openpot.api.quantize_arguments import validate
from openpot.api.split_data import DEFAULT_SHARE, check_validation, split_data
from openpot.errors import ConfigError
from openpot.report.records import MetricSamples
from toy_models import images, tiny_cnn

CONFIG = validate("performance", "CPU", None, subset_size=3)
PAIRS = [(sample, 0) for sample in images(8)]


def test_without_a_metric_all_samples_calibrate():
    samples = split_data(tiny_cnn(), PAIRS, CONFIG, has_metric=False)
    assert samples.calibration is samples.whole
    assert (samples.measured_on, samples.share) == (None, None)


def test_with_a_metric_a_part_is_held_out():
    samples = split_data(tiny_cnn(), PAIRS, CONFIG, has_metric=True)
    assert (samples.measured_on, samples.share) == (MetricSamples.HELD_OUT, DEFAULT_SHARE)
    calibrating = {samples.find_in_whole((number,))[0] for number in range(len(samples.calibration))}
    assert calibrating | set(samples.validation.numbers) == set(range(8))
    assert not calibrating & set(samples.validation.numbers)


def test_data_that_validate_leave_all_others_to_calibrate():
    samples = split_data(tiny_cnn(), PAIRS, CONFIG, True, validation_data=PAIRS[:2])
    assert (len(samples.calibration), len(samples.validation)) == (8, 2)
    assert samples.measured_on is MetricSamples.GIVEN


@pytest.mark.parametrize(("pairs", "share"), [(PAIRS, 0), (PAIRS[:1], None)], ids=["no share", "one sample"])
def test_where_nothing_is_held_out_that_is_said(pairs, share):
    samples = split_data(tiny_cnn(), pairs, CONFIG, True, validation_share=share)
    assert samples.validation is samples.calibration
    assert samples.measured_on is MetricSamples.CALIBRATED
    assert samples.find_in_whole((0,)) == (0,)


@pytest.mark.parametrize(
    ("metric", "data", "share", "words"),
    [
        (None, PAIRS, None, "validation_data says what a metric is measured on"),
        (None, None, 0.3, "validation_share says what a metric is measured on"),
        (np.mean, PAIRS, 0.3, "two ways to choose samples"),
        (np.mean, None, 1.0, "from 0 to below 1"),
    ],
    ids=["data without a metric", "share without a metric", "both", "all"],
)
def test_choices_that_make_no_sense_are_refused(metric, data, share, words):
    with pytest.raises(ConfigError, match=words):
        check_validation(metric, data, share)
