"""What the device executes in float all the same is left in float."""

from dataclasses import replace

import numpy as np
import pytest

import openvino as ov
from openpot.graph.model import CompressedModel
from openpot.measure.executed_graph import Arithmetic, ExecutedGraph, read_executed_graph
from openpot.rewrites.remove_fake_quantize import remove_quantizers
from openpot.search.quantized_variant import QuantizedVariant
from openpot.search.unused_quantizers import NO_KERNEL, ROUNDS, remove_unused_quantizers
from openvino import opset13 as op
from quantized_toys import quantized
from toy_models import conv, images, normal, tiny_cnn

pytestmark = pytest.mark.usefixtures("compiled_anew")


@pytest.fixture(scope="module")
def variant():
    toy = quantized(tiny_cnn(), images(8))
    reference = CompressedModel(graph=toy.subject.reference)
    return QuantizedVariant("toy", reference, CompressedModel(graph=toy.model), toy.done, "CPU")


def report(arithmetic, *operations, asked=None):
    """Report these operations with this arithmetic, whatever the device runs; ``asked`` takes in the models."""

    def read_executed(model):
        if asked is not None:
            asked.append(model)
        real = read_executed_graph(model)
        reported = {name: replace(real[name], known_arithmetic=arithmetic) for name in operations if name in real}
        return ExecutedGraph({name: real[name] for name in real} | reported)

    return read_executed


def test_what_runs_in_int8_stays_as_it_is(variant):
    assert remove_unused_quantizers(variant, read_executed_graph) is variant


@pytest.mark.parametrize("arithmetic", [Arithmetic.FLOAT, Arithmetic.WEIGHT_ONLY])
def test_what_runs_in_float_loses_its_quantizers_and_the_plan_says_why(variant, arithmetic):
    result = remove_unused_quantizers(variant, report(arithmetic, "conv2"))
    assert not [record for record in result.min_max.quantizers if record.name.startswith("conv2/")]
    assert [record for record in result.min_max.quantizers if record.name.startswith("conv1/")]
    (decision,) = [decision for decision in result.min_max.plan.decisions if decision.operation == "conv2"]
    assert (decision.quantized, decision.reason) == (False, NO_KERNEL)
    assert not [node for node in result.model.snapshot().nodes if node.startswith("conv2/fq")]
    assert [node for node in variant.model.snapshot().nodes if node.startswith("conv2/fq")]


def test_what_the_graph_does_not_name_stays(variant):
    assert remove_unused_quantizers(variant, lambda model: ExecutedGraph({})) is variant


def test_neighbours_that_lose_their_kernels_too_are_asked_again_but_not_for_ever(variant):
    asked = []
    remove_unused_quantizers(variant, report(Arithmetic.FLOAT, "conv2", asked=asked))
    assert len(asked) == 2
    assert len(asked) <= ROUNDS


def test_weights_of_a_convolution_on_float_data_are_not_rounded_for_nothing(variant):
    """Weights that several convolutions share outlive the quantizers of their data."""
    data = [name for name in variant.model.snapshot().nodes if name.startswith("conv2/fq_input")]
    without_data = variant.model.copy()
    remove_quantizers(without_data, data)
    left = replace(variant, model=without_data)
    assert [name for name in left.model.snapshot().nodes if name.startswith("conv2/fq_weights")]
    result = remove_unused_quantizers(left, read_executed_graph)
    assert not [name for name in result.model.snapshot().nodes if name.startswith("conv2/fq")]
    assert [name for name in result.model.snapshot().nodes if name.startswith("conv1/fq")]


def two_readers():
    """Two convolutions on one tensor, so that both share its quantizer."""
    rng = np.random.default_rng(3)
    data = op.parameter([1, 3, 16, 16], np.float32, name="data")
    x = op.relu(conv(data, normal(rng, 8, 3, 3, 3), "stem", 1))
    ends = [op.relu(conv(x, normal(rng, 8, 8, 3, 3), name, 1)) for name in ("left", "right")]
    return ov.Model([op.result(op.concat(ends, 1))], [data], "two_readers")


def test_a_convolution_in_float_beside_one_in_int8_has_float_weights():
    """Several streams would unpack its integer weights at the same time, and compute it wrongly."""
    toy = quantized(two_readers(), images(8))
    reference = CompressedModel(graph=toy.subject.reference)
    shared = QuantizedVariant("toy", reference, CompressedModel(graph=toy.model), toy.done, "CPU")
    result = remove_unused_quantizers(shared, report(Arithmetic.FLOAT, "right"))
    lost = {record.name for record in shared.min_max.quantizers} - {record.name for record in result.min_max.quantizers}
    assert [name.startswith("right/fq_weights") for name in lost] == [True]


@pytest.mark.parametrize(("outputs", "is_kept"), [(64, True), (1, False)])
def test_weights_of_a_product_are_integers_only_where_the_device_unpacks_them_within_it(outputs, is_kept):
    """Streams that unpack weights by nodes of their own do it at the same time, and wrongly now and then."""
    data = op.parameter([1, 3, 16, 16], np.float32, name="data")
    x = op.relu(conv(data, normal(np.random.default_rng(0), 64, 3, 3, 3), "stem", 1))
    mean = op.reduce_mean(x, op.constant([2, 3]), False)
    product = op.matmul(mean, op.constant(normal(np.random.default_rng(1), outputs, 64)), False, True, name="product")
    toy = quantized(ov.Model([op.result(product)], [data], "product"), images(8))
    in_float = CompressedModel(graph=toy.model)
    remove_quantizers(in_float, [name for name in in_float.snapshot().nodes if name.startswith("product/fq_input")])
    variant = QuantizedVariant("toy", CompressedModel(graph=toy.subject.reference), in_float, toy.done, "CPU")
    result = remove_unused_quantizers(variant, read_executed_graph)
    kept = [name for name in result.model.snapshot().nodes if name.startswith("product/fq_weights")]
    assert bool(kept) is is_kept
