"""Smoothed products compute what they did."""

import numpy as np
import pytest

import openvino as ov
from openpot.graph.snapshot_model import snapshot_from_model
from openpot.inference.compile import compile_model
from openpot.placement.smoothing_groups import find_smoothing_groups
from openpot.rewrites.smooth_products import SmoothedGroup, smooth_products
from openvino import opset13 as op
from toy_models import normal

CHANNELS = 8


def network(element_type=np.float32):
    rng = np.random.default_rng(1)
    x = op.parameter([1, 5, CHANNELS], np.float32, name="x")
    y = op.relu(x, name="y")

    def weights(*shape):
        return op.convert(op.constant(normal(rng, *shape).astype(element_type)), np.float32)

    ends = [
        op.matmul(y, weights(CHANNELS, 6), False, False, name="plain"),
        op.matmul(y, weights(6, CHANNELS), False, True, name="turned"),
        op.sigmoid(y),
    ]
    return ov.Model(ends, [x], "network")


@pytest.mark.parametrize("element_type", [np.float32, np.float16])
def test_outputs_stay(element_type):
    model, original = network(element_type), network(element_type)
    (group,) = find_smoothing_groups(snapshot_from_model(model), {"plain", "turned"})
    factors = np.geomspace(0.1, 10, CHANNELS).astype(np.float32)
    smooth_products(model, [SmoothedGroup(group, factors)])
    snapshot = snapshot_from_model(model)
    assert {snapshot[name].inputs[0].node for name in group.products} == {"y/smoothed0"}
    assert len(snapshot.readers("y")) == 2, "who else reads the data reads them as they were"
    before, after = compile_model(original, "CPU"), compile_model(model, "CPU")
    data = normal(np.random.default_rng(2), 1, 5, CHANNELS)
    for expected, given in zip(before(data).values(), after(data).values(), strict=True):
        np.testing.assert_allclose(given, expected, rtol=1e-4, atol=1e-5)
