"""Layers of small test networks, with weights that keep activations healthy, and smooth samples for them."""

import numpy as np

import openvino as ov
from openvino import opset13 as op


def constant(values, kind=np.float32):
    return op.constant(np.asarray(values, kind))


def smooth(*shape):
    """Low-frequency noise of random contrast and brightness over the last axes; channels come second."""

    def sample(rng):
        sizes = shape[2:]
        coarse = rng.standard_normal((*shape[:2], *(-(-size // 4) for size in sizes)))
        for axis, size in enumerate(sizes, 2):
            coarse = coarse.repeat(4, axis).take(range(size), axis)
        level = 0.5 * rng.standard_normal((*shape[:2], *[1] * len(sizes)))
        fine = 0.2 * rng.standard_normal(shape)
        return [(rng.uniform(0.6, 1.4) * coarse + level + fine).astype(np.float32)]

    return sample


def shape_of(x):
    return (x if isinstance(x, ov.Output) else x.output(0)).get_partial_shape()


class Layers:
    """Makes layers with weights of their own, scaled so that activations neither grow nor fade."""

    def __init__(self, *shapes):
        self.rng = np.random.default_rng(7)
        self.inputs = [op.parameter(ov.PartialShape(list(shape)), np.float32) for shape in shapes]

    def weights(self, *shape, fan_in):
        return constant(self.rng.standard_normal(shape) * np.sqrt(1.6 / fan_in))

    def conv(self, x, outputs, size=3, stride=1, dilation=1):
        channels, axes = shape_of(x)[1].get_length(), len(shape_of(x)) - 2
        filters = self.weights(outputs, channels, *[size] * axes, fan_in=channels * size**axes)
        pads = [dilation * (size // 2)] * axes
        return self.biased(op.convolution(x, filters, [stride] * axes, pads, pads, [dilation] * axes), outputs, axes)

    def grouped(self, x, groups, size=3):
        channels = shape_of(x)[1].get_length()
        each = channels // groups
        filters = self.weights(groups, each, each, size, size, fan_in=each * size**2)
        return self.biased(
            op.group_convolution(x, filters, [1, 1], [size // 2] * 2, [size // 2] * 2, [1, 1]), channels, 2
        )

    def transposed(self, x, outputs):
        channels, axes = shape_of(x)[1].get_length(), len(shape_of(x)) - 2
        filters = self.weights(channels, outputs, *[2] * axes, fan_in=channels)
        return self.biased(op.convolution_backprop_data(x, filters, [2] * axes), outputs, axes)

    def biased(self, x, outputs, axes):
        return op.add(x, constant(0.1 * self.rng.standard_normal((1, outputs, *[1] * axes))))

    def linear(self, x, inputs, outputs):
        product = op.matmul(x, self.weights(outputs, inputs, fan_in=inputs), False, True)
        return op.add(product, constant(0.1 * self.rng.standard_normal(outputs)))

    def model(self, *outputs):
        return ov.Model([op.result(output) for output in outputs], self.inputs)


def pooled(x, axes=2):
    return op.reduce_mean(x, constant(range(2, 2 + axes), np.int64), False)


def enlarged(x):
    return op.interpolate(
        x,
        constant([2, 2]),
        "nearest",
        "scales",
        axes=constant([2, 3], np.int64),
        nearest_mode="floor",
        coordinate_transformation_mode="asymmetric",
    )


def halved(x, axes=2):
    return op.max_pool(x, [2] * axes, [1] * axes, [0] * axes, [0] * axes, [2] * axes).output(0)


def rows_of(*shape):
    """Features that are related, as those of a table are."""
    mix = np.random.default_rng(5).standard_normal((shape[-1], shape[-1])) / shape[-1] ** 0.5
    return lambda rng: [(rng.standard_normal(shape) @ mix).astype(np.float32)]
