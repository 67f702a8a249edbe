"""Images made of random numbers that look enough like photographs to exercise a network: no data set is needed.

Natural images have spectra that fall with a power of the frequency (Field, "Relations between the statistics of natural
images and the response properties of cortical cells", 1987), and shapes with edges at all sizes. The background here is
coloured noise with such a spectrum; over it lie fractals of random iterated function systems (Barnsley,
"Fractals Everywhere", 1988), which are enough to train features on (Kataoka et al., "Pre-training without Natural
Images", 2020).
"""

from __future__ import annotations

import numpy as np

from openpot.typing_aliases import Array, FloatArray

WHITE = 255.0
POINTS, STEPS, SETTLING_STEPS = 600, 60, 12
"""Points of a fractal that move at once, how often, and how many of these steps only bring them onto it."""


def draw_fractal_image(rng: np.random.Generator, height: int, width: int, channels: int = 3) -> FloatArray:
    """One image.

    Args:
        rng: Source of all randomness: the same state gives the same image.
        height: In pixels.
        width: In pixels.
        channels: 3 for colours, 1 for grey, or any other number.

    Returns:
        Shape ``(height, width, channels)``, float32 in 0..255.
    """
    image = make_coloured_noise(rng, height, width, channels)
    for _ in range(rng.integers(1, 4)):
        cover = np.clip(compute_fractal_density(rng, height, width) * rng.uniform(0.6, 1.4), 0, 1)[..., None]
        image = image * (1 - cover) + rng.uniform(0, 1, channels) * cover
    return np.asarray(np.clip(image, 0, 1) * WHITE, np.float32)


def make_coloured_noise(rng: np.random.Generator, height: int, width: int, channels: int) -> Array:
    """Noise whose amplitude falls with a random power of the frequency, shape ``(height, width, channels)`` in 0..1."""
    down, across = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None, :]
    frequency = np.maximum(np.hypot(down, across), 1 / max(height, width))
    amplitude = frequency ** -rng.uniform(0.8, 1.8)
    shared, *per_channel = (_make_noise(rng, amplitude, (height, width)) for _ in range(1 + channels))
    saturation = rng.uniform(0, 0.7)
    planes = np.stack([(1 - saturation) * shared + saturation * plane for plane in per_channel], axis=-1)
    contrast, brightness = rng.uniform(0.08, 0.28), rng.uniform(0.25, 0.75)
    return np.asarray(np.clip(brightness + contrast * planes / max(float(planes.std()), 1e-6), 0, 1))


def compute_fractal_density(rng: np.random.Generator, height: int, width: int) -> Array:
    """How densely a random fractal covers each pixel, shape ``(height, width)`` in 0..1."""
    matrices, shifts = _choose_contractions(rng, int(rng.integers(2, 7)))
    points = rng.uniform(-1, 1, (POINTS, 2))
    seen = []
    for step in range(STEPS):
        chosen = rng.integers(len(matrices), size=POINTS)
        points = np.einsum("pij,pj->pi", matrices[chosen], points) + shifts[chosen]
        if step >= SETTLING_STEPS:
            seen.append(points)
    cloud = np.concatenate(seen)
    low, high = np.quantile(cloud, [0.01, 0.99], axis=0)
    centre, size = rng.uniform(0.2, 0.8, 2), rng.uniform(0.3, 1.2)
    placed = (cloud - (low + high) / 2) / np.maximum(high - low, 1e-6) * size + centre
    bins = (max(1, height // 2), max(1, width // 2))
    count, _, _ = np.histogram2d(placed[:, 0], placed[:, 1], bins=bins, range=((0, 1), (0, 1)))
    density = np.log1p(count) / max(float(np.log1p(count).max()), 1.0)
    rows, columns = (np.arange(length) * tiles // length for length, tiles in zip((height, width), bins, strict=True))
    return np.asarray(density[np.ix_(rows, columns)])


def _make_noise(rng: np.random.Generator, amplitude: Array, shape: tuple[int, int]) -> Array:
    plane = np.fft.irfft2(np.fft.rfft2(rng.standard_normal(shape)) * amplitude, shape)
    plane -= plane.mean()
    return np.asarray(plane / max(float(plane.std()), 1e-12))


def _choose_contractions(rng: np.random.Generator, count: int) -> tuple[Array, Array]:
    """Random affine maps that bring all points closer together: matrices ``(count, 2, 2)`` and shifts."""
    matrices = rng.uniform(-1, 1, (count, 2, 2))
    norms = np.linalg.norm(matrices, ord=2, axis=(1, 2), keepdims=True)
    return matrices / np.maximum(norms, 1e-6) * rng.uniform(0.3, 0.85, (count, 1, 1)), rng.uniform(-1, 1, (count, 2))
