"""A network of the sweep, and the random data that all of them get."""
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

CALIBRATION_SAMPLES, UNSEEN_SAMPLES = 40, 16


@dataclass(frozen=True)
class Network:
    """One architecture.

    Attributes:
        name: unique; LIBRARY/ARCHITECTURE, with :FRONT_END or :dynamic where there is more than one of it.
        build: a torch module in evaluation mode, or a Keras model.
        sample: random generator and number of the sample to the inputs of one inference.
        front_end: ``torch``, ``onnx`` or ``tflite``.
        dynamic: axes that keep no size, for each input; none of them in static networks.
    """

    name: str
    build: Callable[[], Any]
    sample: Callable[[np.random.Generator, int], list[np.ndarray]]
    front_end: str = "torch"
    dynamic: tuple[tuple[int, ...], ...] = ()


def smooth(rng, channels, *sizes):
    """Low-frequency noise of a random brightness and contrast, with a little white noise, as photographs have them."""
    field = np.zeros((channels, *sizes))
    for cells in (2, 4, 8, 16):
        coarse = rng.standard_normal((channels, *(min(cells, size) for size in sizes))) / cells ** 0.7
        for axis, size in enumerate(sizes, 1):
            at = np.linspace(0, coarse.shape[axis] - 1, size)
            low = np.floor(at).astype(int).clip(max=max(coarse.shape[axis] - 2, 0))
            share = (at - low).reshape([-1 if one == axis else 1 for one in range(len(sizes) + 1)])
            high = np.minimum(low + 1, coarse.shape[axis] - 1)
            coarse = coarse.take(low, axis) * (1 - share) + coarse.take(high, axis) * share
        field += coarse
    contrast, brightness = rng.uniform(0.5, 1.5), 0.5 * rng.standard_normal((channels, *[1] * len(sizes)))
    return (field * contrast + brightness + 0.05 * rng.standard_normal(field.shape)).astype(np.float32)


def images(size=64, channels=3, batch=1):
    """Samples with one image, or with one batch of them."""
    height, width = (size, size) if isinstance(size, int) else size
    return lambda rng, number: [np.stack([smooth(rng, channels, height, width) for _ in range(batch)])]


def images_of_sizes(*sizes, channels=3):
    """Samples of one image each, of several sizes in turn."""
    return lambda rng, number: [smooth(rng, channels, *[sizes[number % len(sizes)]] * 2)[None]]


def signals(channels, length):
    return lambda rng, number: [smooth(rng, channels, length)[None]]


def volumes(channels, *sizes):
    return lambda rng, number: [smooth(rng, channels, *sizes)[None]]


def vectors(*shape):
    """Rows of smooth noise: values of a row are related, as features are."""
    return lambda rng, number: [np.stack([smooth(rng, 1, shape[-1])[0] for _ in range(int(np.prod(shape[:-1])))]).reshape(shape)]


def tokens(length, vocabulary, mask=True):
    """Token numbers, common ones far more often than rare ones; with a mask some places at the end are padding."""
    def sample(rng, number):
        ids = (rng.zipf(1.3, (1, length)) % vocabulary).astype(np.int64)
        if not mask:
            return [ids]
        there = np.ones((1, length), np.int64)
        there[:, length - int(rng.integers(0, length // 3)):] = 0
        return [ids, there]
    return sample


def joined(*samples):
    """The inputs of several kinds of samples, one after the other."""
    return lambda rng, number: [array for sample in samples for array in sample(rng, number)]


def samples_of(network, count, first):
    return [network.sample(np.random.default_rng(first + number), number) for number in range(count)]
