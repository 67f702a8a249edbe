"""The small convolutional network with weights or inputs out of scale."""

import numpy as np

from openvino import opset13 as op
from toy_models import tiny_cnn


def with_scaled_weights(layer, factor, channels, model=None):
    """``tiny_cnn`` with the weights of some output channels of a layer multiplied."""
    model = tiny_cnn() if model is None else model
    node = next(node for node in model.get_ops() if node.get_friendly_name() == layer)
    weights = np.array(node.input_value(1).get_node().data)
    weights[channels] *= np.float32(factor)
    node.input(1).replace_source_output(op.constant(weights, name=f"{layer}_w").output(0))
    return model


def scaling_itself(mean=127.5, scale=1 / 58.0):
    """``tiny_cnn`` that takes pixels from 0 to 255 and scales them before its first layer."""
    model = tiny_cnn()
    data = model.get_parameters()[0]
    first = next(node for node in model.get_ops() if node.get_friendly_name() == "conv1")
    shifted = op.subtract(data, op.constant(np.float32(mean)), name="shifted")
    first.input(0).replace_source_output(op.multiply(shifted, op.constant(np.float32(scale)), name="scaled").output(0))
    return model


def pixels(count=6, shape=(3, 16, 16), seed=1):
    """Images of whole numbers from 0 to 255."""
    rng = np.random.default_rng(seed)
    return [rng.integers(0, 256, shape).astype(np.float32) for _ in range(count)]
