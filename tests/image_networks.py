"""Small networks that read or make images, volumes and signals: one of each family of convolutional architectures."""

import numpy as np

from network_layers import Layers, constant, enlarged, halved, pooled
from openvino import opset13 as op


def residual(size=24):
    """ResNet v1 as Caffe wrote it: the first 1x1 convolution and the shortcut of a block both have stride 2."""
    net = Layers((1, 3, size, size))
    x = halved(op.relu(net.conv(net.inputs[0], 16)))
    for width, stride in ((8, 1), (16, 2)):
        y = op.relu(net.conv(op.relu(net.conv(x, width, 1, stride)), width))
        x = op.relu(op.add(net.conv(y, 4 * width, 1), net.conv(x, 4 * width, 1, stride)))
    return net.model(net.linear(pooled(x), 64, 10))


def inverted_bottlenecks():
    """MobileNetV3: depthwise convolutions, squeeze and excitation, hard activations."""
    net = Layers((1, 3, 24, 24))
    x = op.hswish(net.conv(net.inputs[0], 16, stride=2))
    for _ in range(2):
        y = op.hswish(net.conv(x, 32, 1))
        y = op.clamp(net.grouped(y, 32), 0.0, 6.0)
        squeezed = op.reduce_mean(y, constant([2, 3], np.int64), True)
        y = op.multiply(y, op.hsigmoid(net.conv(op.relu(net.conv(squeezed, 8, 1)), 32, 1)))
        x = op.add(x, net.conv(y, 16, 1))
    return net.model(net.linear(pooled(op.hswish(net.conv(x, 32, 1))), 32, 10))


def dense():
    """DenseNet: every layer reads all before it."""
    net = Layers((1, 3, 24, 24))
    features = [op.relu(net.conv(net.inputs[0], 16, stride=2))]
    for _ in range(3):
        joined = op.concat(features, 1) if len(features) > 1 else features[0]
        features.append(op.relu(net.conv(op.relu(net.conv(joined, 16, 1)), 8)))
    return net.model(net.linear(pooled(op.concat(features, 1)), 40, 10))


def grouped_and_shuffled():
    """ShuffleNet: grouped convolutions between which channels change places, and a split into halves."""
    net = Layers((1, 3, 24, 24))
    x = op.relu(net.conv(net.inputs[0], 32, stride=2))
    for _ in range(2):
        kept, changed = op.split(x, constant(1, np.int64), 2).outputs()
        changed = op.relu(net.grouped(op.relu(net.conv(changed, 16, 1)), 4))
        x = op.reshape(op.concat([kept, changed], 1), constant([1, 2, 16, 12, 12], np.int64), False)
        x = op.reshape(op.transpose(x, constant([0, 2, 1, 3, 4], np.int64)), constant([1, 32, 12, 12], np.int64), False)
    return net.model(net.linear(pooled(op.relu(net.conv(x, 32, 1))), 32, 10))


def yolo(filler=-np.inf):
    """A backbone, pooling behind a filler, two scales, boxes in pixels beside scores in one tensor."""
    net = Layers((1, 3, 32, 32))
    near = op.swish(net.conv(op.swish(net.conv(net.inputs[0], 16, stride=2)), 24, stride=2))
    far = op.swish(net.conv(near, 32, stride=2))
    ends = [constant([0, 0, 2, 2], np.int64)] * 2
    spread = op.max_pool(
        op.pad(far, *ends, "constant", constant(filler)), [1, 1], [1, 1], [0, 0], [0, 0], [5, 5]
    ).output(0)
    far = op.swish(net.conv(op.concat([far, spread], 1), 24, 1))
    near = op.swish(net.conv(op.concat([enlarged(far), near], 1), 24))
    rows = []
    for x, stride, places in ((far, 8, 16), (near, 4, 64)):
        x = op.transpose(
            op.reshape(net.conv(x, 7, 1), constant([1, 7, places], np.int64), False), constant([0, 2, 1], np.int64)
        )
        x = op.sigmoid(x)
        boxes, scores = op.variadic_split(x, constant(2, np.int64), constant([4, 3], np.int64)).outputs()
        rows.append(op.concat([op.multiply(boxes, constant(8.0 * stride)), scores], 2))
    return net.model(op.concat(rows, 1))


def detector():
    """Boxes and scores from one convolution, and the suppression of overlaps inside."""
    net = Layers((1, 3, 32, 32))
    x = op.relu(net.conv(op.relu(net.conv(net.inputs[0], 16, stride=2)), 24, stride=2))
    found = op.reshape(net.conv(x, 6, 1), constant([1, 6, 64], np.int64), False)
    middles, scores = op.variadic_split(found, constant(1, np.int64), constant([4, 2], np.int64)).outputs()
    middles = op.multiply(op.sigmoid(op.transpose(middles, constant([0, 2, 1], np.int64))), constant(32.0))
    chosen = op.non_max_suppression(middles, op.sigmoid(scores), constant(10, np.int64), constant(0.5), constant(0.3))
    boxes = op.gather(
        middles, op.gather(chosen.output(0), constant(2, np.int64), constant(1, np.int64)), constant(1, np.int64)
    )
    return net.model(boxes, chosen.output(1))


def unet(axes=2):
    """Down and up again with a skip; transposed convolutions, in two or three dimensions."""
    net = Layers((1, 3, *[16 if axes == 2 else 8] * axes))
    skip = op.relu(net.conv(net.inputs[0], 16))
    x = op.relu(net.conv(halved(skip, axes), 32))
    x = op.relu(net.conv(op.concat([op.relu(net.transposed(x, 16)), skip], 1), 16))
    return net.model(net.conv(x, 4, 1))


def wavenet():
    """Dilated convolutions along one axis, with gates and skips."""
    net = Layers((1, 2, 96))
    x, total = net.conv(net.inputs[0], 16, 1), None
    for rate in (1, 2, 4):
        value, gate = op.split(net.conv(x, 32, dilation=rate), constant(1, np.int64), 2).outputs()
        both = op.multiply(op.tanh(value), op.sigmoid(gate))
        x, skip = op.add(x, net.conv(both, 16, 1)), net.conv(both, 16, 1)
        total = skip if total is None else op.add(total, skip)
    return net.model(net.conv(op.relu(total), 8, 1))


def generator():
    """A vector becomes an image by transposed convolutions."""
    net = Layers((1, 32))
    x = op.reshape(net.linear(net.inputs[0], 32, 32 * 16), constant([1, 32, 4, 4], np.int64), False)
    x = op.relu(net.transposed(op.relu(net.transposed(op.relu(x), 24)), 16))
    return net.model(op.tanh(net.conv(x, 3)))


def super_resolution():
    """Residual blocks, pixels from channels, and the enlarged input added."""
    net = Layers((1, 3, 16, 16))
    x = net.conv(net.inputs[0], 16)
    for _ in range(2):
        x = op.add(x, net.conv(op.relu(net.conv(x, 16)), 16))
    return net.model(op.add(op.depth_to_space(net.conv(x, 12), "depth_first", 2), enlarged(net.inputs[0])))


def siamese():
    """Two inputs through the same weights, and the distance of what comes out."""
    net = Layers((1, 3, 16, 16), (1, 3, 16, 16))
    first, second, last = (
        net.weights(16, 3, 3, 3, fan_in=27),
        net.weights(24, 16, 3, 3, fan_in=144),
        net.weights(8, 24, fan_in=24),
    )

    def tower(x):
        for filters in (first, second):
            x = op.relu(op.convolution(x, filters, [2, 2], [1, 1], [1, 1], [1, 1]))
        return op.matmul(pooled(x), last, False, True)

    return net.model(op.abs(op.subtract(*map(tower, net.inputs))))


def dynamic():
    """A convolutional network whose batch, height and width stay open."""
    net = Layers((-1, 3, -1, -1))
    x = op.relu(net.conv(op.relu(net.conv(net.inputs[0], 16, stride=2)), 24, stride=2))
    return net.model(net.linear(pooled(op.relu(net.conv(x, 32))), 32, 10))
