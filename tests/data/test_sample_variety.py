"""One sample, or equal ones, are no calibration data."""

import warnings

import numpy as np
import pytest

from openpot.data.sample_variety import SampleVariety
from openpot.errors import OpenPotWarning


def variety_of(*samples):
    variety = SampleVariety()
    for sample in samples:
        variety.add(sample)
    return variety


def noise(seed):
    return [np.random.default_rng(seed).normal(size=(1, 3)).astype(np.float32)]


def test_one_sample_is_warned_about():
    with pytest.warns(OpenPotWarning, match="rests on one sample: .*300"):
        variety_of(noise(0)).warn_if_poor()


def test_equal_samples_are_counted_even_if_the_loader_reuses_its_array():
    with pytest.warns(OpenPotWarning, match="8 samples that are all equal"):
        variety_of(*[noise(0)] * 8).warn_if_poor()
    buffer = np.zeros((1, 3), np.float32)
    variety = SampleVariety()
    for value in (1, 2):
        buffer[:] = value
        variety.add([buffer])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        variety.warn_if_poor()


@pytest.mark.parametrize(
    "samples",
    [
        (),
        (noise(0), noise(1)),
        (noise(0), noise(0), noise(1)),
        ([np.zeros((1, 3))], [np.zeros((1, 4))]),
        ([np.array(["a"], object)], [np.array(["b"], object)]),
    ],
    ids=["none", "two", "the last differs", "shapes", "texts"],
)
def test_samples_that_differ_are_fine(samples):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        variety_of(*samples).warn_if_poor()
