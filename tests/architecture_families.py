"""One small network of each family of architectures, with samples for it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

import image_networks as image
import openvino as ov
import sequence_networks as sequence
from network_layers import rows_of, smooth


@dataclass(frozen=True)
class Family:
    """A network and how much of it becomes INT8.

    Attributes:
        build: the network.
        sample: random generator to the inputs of one inference.
        least_share: of the multiplications that are made in INT8.
        is_made_of_products: where INT8 makes products no faster they stay in float, by plan.
    """

    build: Callable[[], ov.Model]
    sample: Callable[[np.random.Generator], list[np.ndarray]]
    least_share: float = 0.9
    is_made_of_products: bool = False

    def samples(self, seed, count):
        return [self.sample(np.random.default_rng(seed + number)) for number in range(count)]


def sizes_in_turn(rng):
    size = int(rng.choice([16, 24]))
    return smooth(1, 3, size, size)(rng)


def nodes(rng):
    joined = (rng.random((24, 24)) < 0.2) | np.eye(24, dtype=bool)
    return [*rows_of(1, 24, 12)(rng), (joined / joined.sum(1, keepdims=True))[None].astype(np.float32)]


def two(sample):
    return lambda rng: [*sample(rng), *sample(rng)]


IMAGE = smooth(1, 3, 24, 24)
FAMILIES = {
    "residual": Family(image.residual, IMAGE),
    "inverted bottlenecks": Family(image.inverted_bottlenecks, IMAGE),
    "dense": Family(image.dense, IMAGE),
    "grouped and shuffled": Family(image.grouped_and_shuffled, IMAGE),
    "YOLO": Family(image.yolo, smooth(1, 3, 32, 32)),
    "detector": Family(image.detector, smooth(1, 3, 32, 32)),
    "U-Net": Family(image.unet, smooth(1, 3, 16, 16)),
    "3-D U-Net": Family(lambda: image.unet(3), smooth(1, 3, 8, 8, 8)),
    "WaveNet": Family(image.wavenet, smooth(1, 2, 96)),
    "generator": Family(image.generator, rows_of(1, 32)),
    "super-resolution": Family(image.super_resolution, smooth(1, 3, 16, 16)),
    "Siamese": Family(image.siamese, two(smooth(1, 3, 16, 16))),
    "transformer": Family(sequence.transformer, smooth(1, 3, 32, 32), 0.6, True),
    "state space": Family(sequence.state_space, rows_of(1, 32, 8), 0.6, True),
    "graph network": Family(sequence.graph_network, nodes, is_made_of_products=True),
    "recommender": Family(
        sequence.recommender, lambda rng: [*rows_of(8, 12)(rng), rng.integers(0, 40, (8, 3))], is_made_of_products=True
    ),
    "perceptron": Family(sequence.perceptron, rows_of(16, 32), is_made_of_products=True),
    "LSTM": Family(lambda: sequence.recurrent("LSTM"), rows_of(1, 12, 16), 0.0, True),  # sequences stay in float
    "GRU": Family(lambda: sequence.recurrent("GRU"), rows_of(1, 12, 16), 0.0, True),
    "language model": Family(
        sequence.language_model, lambda rng: [rng.integers(0, 48, (1, 12))], is_made_of_products=True
    ),
    "dynamic": Family(image.dynamic, sizes_in_turn),
}
