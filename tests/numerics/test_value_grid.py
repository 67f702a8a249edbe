import numpy as np
import pytest

from openpot.numerics.fake_quantize import fake_quantize
from openpot.numerics.value_grid import MIN_DISTINCT, ValueGrid, find_grid

RNG = np.random.default_rng(0)


def pixels(low=0, high=256, size=(3, 20, 20)):
    return RNG.integers(low, high, size)


AFFINE = {
    "unit": lambda p: p.astype(np.float32) / 255,
    "as they are": lambda p: p.astype(np.float32),
    "bytes": lambda p: p.astype(np.uint8),
    "around zero": lambda p: (p.astype(np.float32) - 128) / 128,
    "whole mean, odd scale": lambda p: (p.astype(np.float32) - 104) * np.float32(0.017),
    "half precision": lambda p: (p / 256).astype(np.float16),
    "product, not quotient": lambda p: p.astype(np.float32) * np.float32(1 / 255),
    "negative": lambda p: p.astype(np.float32) * np.float32(-0.25),
}


@pytest.mark.parametrize("transform", AFFINE.values(), ids=AFFINE)
def test_images_behind_an_affine_map_lose_nothing(transform):
    arrays = [transform(pixels(8, 250)) for _ in range(3)]
    limits = find_grid(arrays, 256).compute_limits(256)
    for array in [*arrays, transform(pixels(8, 250))]:
        step = float(limits.scale)
        np.testing.assert_allclose(fake_quantize(array.astype(np.float32), limits), array, atol=1e-3 * step)


def test_pixels_that_were_not_seen_are_on_the_grid_too():
    limits = find_grid([AFFINE["unit"](pixels(8, 250))], 256).compute_limits(256)
    unseen = AFFINE["unit"](np.array([0, 255]))
    np.testing.assert_allclose(fake_quantize(unseen, limits), unseen, atol=1e-6)


OTHERS = {
    "real numbers": lambda: RNG.standard_normal((3, 20, 20)).astype(np.float32),
    "zero off the grid": lambda: (pixels().astype(np.float32) - 127.5) / 127.5,
    "a scale for each channel": lambda: pixels().astype(np.float32) / np.float32([58, 57, 56]).reshape(3, 1, 1),
    "more values than levels": lambda: pixels(0, 1000).astype(np.float32),
    "few values": lambda: pixels(0, MIN_DISTINCT - 1).astype(np.float32),
    "a constant": lambda: np.ones((3, 20, 20), np.float32),
    "one value off": lambda: np.append(pixels().astype(np.float32).ravel(), 0.5),
    "not finite": lambda: np.append(pixels().astype(np.float32).ravel(), np.inf),
    "empty": lambda: np.zeros(0, np.float32),
}


@pytest.mark.parametrize("make", OTHERS.values(), ids=OTHERS)
def test_everything_else_has_no_grid(make):
    assert find_grid([make()], 256) is None


def test_one_array_off_the_grid_is_enough():
    assert find_grid([AFFINE["unit"](pixels()), OTHERS["real numbers"]()], 256) is None


@pytest.mark.parametrize(
    ("low", "high", "start"),
    [(3, 250, 0), (0, 255, 0), (-100, 100, -128), (-250, -3, -255), (-200, 50, -202), (-128, 127, -128)],
)
def test_the_levels_begin_where_pixels_would(low, high, start):
    limits = ValueGrid(0.5, low, high).compute_limits(256)
    assert float(limits.input_low) == start * 0.5
    assert float(limits.input_high) == (start + 255) * 0.5


def test_too_few_levels_have_no_limits():
    assert ValueGrid(1.0, 0, 255).compute_limits(128) is None
