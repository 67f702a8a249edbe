import numpy as np
import pytest

import openpot
import openvino as ov
from openpot.numerics.fake_quantize import FakeQuantizeLimits, fake_quantize
from openvino import opset13 as op
from toy_models import built_once, conv, normal

RNG = np.random.default_rng(5)


@built_once
def image_model(element_type=np.float32, before=lambda x: x, layout="NCHW"):
    rng = np.random.default_rng(0)
    shape = [1, 3, 16, 16] if layout == "NCHW" else [1, 16, 16, 3]
    data = op.parameter(shape, element_type, name="data")
    x = before(data)
    if layout == "NHWC":
        x = op.transpose(x, op.constant([0, 3, 1, 2]), name="moved")
    x = op.relu(conv(x, normal(rng, 8, 3, 3, 3), "conv1", 1))
    x = conv(x, normal(rng, 4, 8, 3, 3), "conv2", 1)
    return ov.Model([op.result(x)], [data], "images")


def pixels(shape=(1, 3, 16, 16)):
    return RNG.integers(0, 256, shape)


def input_limits(result):
    names = ("conv1/fq_input_0", "moved/fq_input_0")
    (node,) = [node for node in result.model.get_ops() if node.get_friendly_name() in names]
    return FakeQuantizeLimits(*[node.input_value(port).get_node().data for port in range(1, 5)], 256)


def unit(array):
    return array.astype(np.float32) / 255


def scaled(data):
    return op.multiply(op.convert(data, np.float32), op.constant(np.float32(1 / 255)), name="scaled")


CASES = {
    "normalised outside": (image_model(), lambda: unit(pixels()), lambda x: x),
    "normalised inside": (image_model(np.uint8, scaled), lambda: pixels().astype(np.uint8), unit),
    "channels last": (image_model(layout="NHWC"), lambda: unit(pixels((1, 16, 16, 3))), lambda x: x),
    "shifted": (image_model(), lambda: (pixels().astype(np.float32) - 128) / 64, lambda x: x),
}


@pytest.mark.parametrize(("model", "make", "seen"), CASES.values(), ids=CASES)
@pytest.mark.parametrize("preset", ["performance", "mixed"])
def test_the_first_layer_gets_the_pixels_as_they_are(model, make, seen, preset):
    result = openpot.quantize(model, [make() for _ in range(12)], preset=preset)
    values = seen(make())
    limits = input_limits(result)
    np.testing.assert_allclose(fake_quantize(values, limits), values, atol=1e-3 * float(limits.scale.max()))


def test_other_inputs_keep_the_range_that_was_observed():
    data = [RNG.standard_normal((1, 3, 16, 16)).astype(np.float32) for _ in range(12)]
    limits = input_limits(openpot.quantize(image_model(), data))
    assert float(limits.input_high) < 1.2 * max(array.max() for array in data)


def test_a_sample_beyond_the_grid_forbids_it():
    data = [unit(pixels()) for _ in range(39)]
    odd = unit(pixels()) * 3
    limits = input_limits(openpot.quantize(image_model(), [*data, odd], early_stop=False))
    assert float(limits.input_high) > 1.02
