"""Peak signal-to-noise ratio."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpot.data.metrics.psnr import PSNR
from openpot.errors import ConfigError


def psnr_of(output, annotation, **options):
    metric = PSNR(**options)
    metric.update([output], [annotation])
    return metric.avg_value["psnr"]


@given(st.integers(0, 2**32 - 1), st.sampled_from([1.0, 255.0]))
def test_it_agrees_with_scikit_image(seed, data_range):
    from skimage.metrics import peak_signal_noise_ratio  # takes longer than all other tests of this file

    rng = np.random.default_rng(seed)
    made, wanted = rng.uniform(0, data_range, (2, 3, 8, 9))
    expected = peak_signal_noise_ratio(wanted, made, data_range=data_range)
    assert psnr_of(made[None], wanted, data_range=data_range) == pytest.approx(expected)


def test_values_outside_the_range_are_clipped_unless_asked():
    made, wanted = np.full((1, 1, 4, 4), 1.5), np.ones((1, 4, 4))
    assert psnr_of(made, wanted) == 100.0
    assert psnr_of(made, wanted, clips=False) == pytest.approx(-10 * np.log10(0.25))


def test_border_does_not_count():
    made, wanted = np.zeros((1, 1, 5, 5)), np.zeros((1, 5, 5))
    made[..., 0, :] = 1
    made[..., 2, 2] = 0.1
    assert psnr_of(made, wanted, border=1) == pytest.approx(10 * np.log10(9 / 0.01))


def test_average_is_over_images():
    metric = PSNR()
    metric.update([np.full((1, 1, 2, 2), 0.1)], [np.zeros((1, 2, 2))])
    metric.update([np.full((1, 1, 2, 2), 0.01)], [np.zeros((1, 2, 2))])
    assert metric.avg_value["psnr"] == pytest.approx((20 + 40) / 2)


@pytest.mark.parametrize("options", [{"data_range": 0}, {"border": -1}], ids=repr)
def test_impossible_choices_are_refused(options):
    with pytest.raises(ConfigError, match="data_range must be above 0"):
        PSNR(**options)
