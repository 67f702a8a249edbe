"""Structural similarity, by scikit-image."""

import numpy as np
import pytest

from openpot.data.metrics.ssim import SSIM
from openpot.errors import ConfigError, MetricError

RNG = np.random.default_rng(0)
IMAGE = np.clip(np.cumsum(np.cumsum(RNG.normal(0, 0.02, (3, 24, 24)), 1), 2), 0, 1)


def ssim_of(output, annotation=IMAGE):
    metric = SSIM()
    metric.update([output[None]], [annotation])
    return metric.avg_value["ssim"]


def test_equal_images_score_one_and_noise_lowers_it_step_by_step():
    values = [ssim_of(IMAGE + RNG.normal(0, sigma, IMAGE.shape)) for sigma in (0.0, 0.02, 0.1, 0.4)]
    assert values[0] == pytest.approx(1.0)
    assert values == sorted(values, reverse=True)
    assert values[-1] < 0.5


def test_formula_on_constant_images():
    # Without variance only the luminance term is left: (2ab + C1) / (a^2 + b^2 + C1), C1 = 0.01^2.
    a, b = 0.2, 0.6
    expected = (2 * a * b + 1e-4) / (a * a + b * b + 1e-4)
    assert ssim_of(np.full((1, 16, 16), a), np.full((1, 16, 16), b)) == pytest.approx(expected, rel=1e-6)


def test_image_smaller_than_the_window_is_refused_with_its_number():
    with pytest.raises(MetricError, match="sample number 0"):
        ssim_of(np.zeros((1, 6, 6)), np.zeros((1, 6, 6)))


def test_impossible_range_is_refused():
    with pytest.raises(ConfigError, match="data_range must be above 0"):
        SSIM(data_range=-1)
