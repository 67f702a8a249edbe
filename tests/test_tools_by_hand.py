"""``compare``, ``benchmark`` and ``sensitivity`` against measurements made by hand on two networks of the zoo."""

import statistics
import time
from functools import cache

import numpy as np
import pytest

import openpot
import openvino as ov
from openpot.graph.read import read_model
from real_networks import fetch, output_error, text_direction

EXACT = {"EXECUTION_MODE_HINT": "ACCURACY", "INFERENCE_PRECISION_HINT": "f32"}


@cache
def task(name):
    """A float network, its INT8 model, samples, and the name of the operation that gives what softmax reads."""
    if name == "text direction":
        model, samples = text_direction()
    else:
        model = read_model(fetch("magika"))
        rng = np.random.default_rng(0)
        samples = [rng.integers(*((0, 256), (32, 127), (48, 58))[n % 3], 2048).astype(np.int32) for n in range(12)]
    return model, openpot.quantize(model, samples, max_output_error=None, timing=False).model, samples


@cache
def compared(name):
    return openpot.compare(*task(name), timing=False)


def infer(model, samples, properties=EXACT):
    compiled = ov.Core().compile_model(model, "CPU", properties)
    return np.stack([np.array(compiled([sample[None]])[0]) for sample in samples])


@pytest.mark.parametrize("name", ["text direction", "file types"])
def test_the_error_of_the_outputs_is_what_numpy_says(name):
    model, int8, samples = task(name)
    found = compared(name)
    reference, given = infer(model, samples), infer(int8, samples)
    noise = np.square(reference - given).sum()
    assert found.outputs[0].sqnr_db == pytest.approx(10 * np.log10(np.square(reference).sum() / noise), abs=0.1)
    if not found.outputs[0].parts:
        assert found.outputs[0].relative == pytest.approx(output_error(reference, given), rel=0.02)
    assert any(layer.precision == "f32" and layer.precision_other in ("i8", "u8") for layer in found.layers)


@pytest.mark.parametrize("name", ["text direction", "file types"])
def test_the_error_of_a_layer_is_what_numpy_says(name):
    model, int8, samples = task(name)
    found = compared(name)
    layer = next(layer for layer in found.layers if layer.type == "Convolution")
    tensors = []
    for each in (model, int8):
        twin = each.clone()
        (node,) = (node for node in twin.get_ordered_ops() if node.get_friendly_name() == layer.operation)
        readers = [reader.get_node() for reader in node.output(0).get_target_inputs()]
        end = readers[0] if len(readers) == 1 and readers[0].get_type_name() == "Add" else node
        twin.add_outputs([end.output(0)])
        compiled = ov.Core().compile_model(twin, "CPU", EXACT)
        place = len(twin.outputs) - 1
        tensors.append(np.stack([np.array(compiled([sample[None]])[place]) for sample in samples]))
    assert layer.error == pytest.approx(output_error(*tensors), rel=0.05)


@pytest.mark.parametrize("name", ["text direction", "file types"])
def test_times_are_those_of_a_clock(name):
    """Only the order of magnitude: other programs run on the machine of a test."""
    model, int8, samples = task(name)
    found = openpot.benchmark(model, int8, samples, seconds=0.2)
    for kind, each, properties in (("f32", model, EXACT), ("INT8", int8, {})):
        compiled = ov.Core().compile_model(each, "CPU", {**properties, "PERFORMANCE_HINT": "LATENCY"})
        request, seconds = compiled.create_infer_request(), []
        for sample in samples:
            start = time.perf_counter()
            request.infer([sample[None]])
            seconds.append(time.perf_counter() - start)
        assert 1 / 8 < found.speed.milliseconds[kind] / (1000 * statistics.median(seconds)) < 8
    ratio = found.speed.milliseconds["f32"] / found.speed.milliseconds["INT8"]
    assert 1 / 3 < found.speed.latency.median / ratio < 3
    assert found.layers[0].milliseconds <= 8 * found.speed.milliseconds["f32"]


@pytest.mark.parametrize("name", ["text direction", "file types"])
def test_a_layer_that_is_quantized_alone_loses_what_the_table_says(name):
    model, _, samples = task(name)
    found = openpot.sensitivity(model, samples)
    worst = found.units[0]
    others = {entry.operation for entry in openpot.inspect(model).plan.decisions if entry.quantized}
    others -= set(worst.operations)
    alone = openpot.sensitivity(model, samples, ignored_scope=sorted(others))
    assert alone.error == pytest.approx(worst.alone, rel=0.1)
    assert set(alone.units[0].operations) <= set(worst.operations)
