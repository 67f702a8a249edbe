"""What was never seen stays in float, and what shares a range with something seen takes that."""

from dataclasses import replace

import numpy as np

from openpot.algorithms.min_max import MinMaxQuantization
from openpot.algorithms.unseen_tensors import REASON, complete_limits, describe_unseen, leave_in_float
from openpot.engine.openvino_engine import IEEngine
from openpot.graph.model import CompressedModel
from openpot.numerics.fake_quantize import FakeQuantizeLimits
from toy_engines import labelled_images
from toy_models import tiny_cnn


def quantized():
    held = CompressedModel(graph=tiny_cnn())
    algorithm = MinMaxQuantization({}, IEEngine({}, labelled_images(4)))
    algorithm.run(held)
    return held, algorithm.result


def limits_of(result):
    return {one.name: one.limits for one in result.quantizers}


def test_limits_that_are_known_stay():
    _, result = quantized()
    known = limits_of(result)
    complete = complete_limits(result.plan, known)
    assert dict(complete.limits) == known
    assert complete.unseen == ()


def test_an_unseen_tensor_takes_the_limits_of_its_group():
    _, result = quantized()
    first, second = [one for one in result.plan.quantizers if one.kind == "activations"][:2]
    plan = replace(result.plan, quantizers=(replace(first, group=0), replace(second, group=0)))
    known = {first.name: FakeQuantizeLimits.from_range(np.array(0.0), np.array(3.0), first.levels)}
    complete = complete_limits(plan, known)
    assert complete.unseen == ()
    assert complete.limits[second.name] is known[first.name]


def test_what_it_feeds_goes_back_to_float_with_its_weights():
    held, result = quantized()
    unseen = next(
        one
        for one in result.plan.quantizers
        if one.kind == "activations" and "conv2" in {reader.node for reader in one.readers}
    )
    plan = leave_in_float(held, 0, result.plan, [unseen])
    left = {node.name for node in held.snapshot().nodes_of_type("FakeQuantize")}
    assert left == {one.name for one in plan.quantizers}
    assert not any(reader.node == "conv2" for one in plan.quantizers for reader in one.readers)
    reasons = {one.operation: one.reason for one in plan.decisions if not one.quantized}
    assert reasons == {"conv2": f"stays in float: {REASON}"}
    assert str(unseen.tensor) in describe_unseen([unseen])
