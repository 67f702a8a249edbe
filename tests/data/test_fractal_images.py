"""Pictures out of random numbers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openpot.data.fractal_images import compute_fractal_density, draw_fractal_image, make_coloured_noise


def rng(seed=0):
    return np.random.default_rng(seed)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 4), st.integers(0, 1000))
def test_every_size_gives_pixels(height, width, channels, seed):
    picture = draw_fractal_image(rng(seed), height, width, channels)
    assert picture.shape == (height, width, channels)
    assert picture.dtype == np.float32
    assert 0 <= picture.min() <= picture.max() <= 255


def test_equal_seeds_give_equal_pictures_and_others_do_not():
    assert np.array_equal(draw_fractal_image(rng(1), 32, 32), draw_fractal_image(rng(1), 32, 32))
    assert not np.array_equal(draw_fractal_image(rng(1), 32, 32), draw_fractal_image(rng(2), 32, 32))


def test_pictures_use_the_range_and_differ_in_brightness():
    pictures = [draw_fractal_image(rng(seed), 64, 64) for seed in range(12)]
    means = [picture.mean() for picture in pictures]
    assert min(means) < 110 < 145 < max(means)
    assert np.mean([np.ptp(picture) for picture in pictures]) > 200


def test_neighbours_are_alike_as_in_photographs():
    plane = np.concatenate([make_coloured_noise(rng(seed), 64, 64, 1)[..., 0] for seed in range(6)])
    near, far = (np.corrcoef(plane[:, :-step].ravel(), plane[:, step:].ravel())[0, 1] for step in (1, 16))
    assert near > 0.6
    assert far < near - 0.2


@pytest.mark.parametrize("seed", range(4))
def test_fractals_cover_a_part_of_the_picture(seed):
    density = compute_fractal_density(rng(seed), 48, 64)
    assert density.shape == (48, 64)
    assert density.max() <= 1
    assert 0 < np.mean(density > 0) < 0.9
