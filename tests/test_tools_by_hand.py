"""``compare``, ``benchmark`` and ``sensitivity`` against measurements made by hand on two networks of the zoo.

File types are task t20 (Magika); the direction of text lines belongs to PP-OCR, as the readers of t13 and t14 do. Times
are compared on a clock that only inferences move, and by counters that were kept: nothing depends on the machine.
"""

from functools import cache

import numpy as np
import pytest

import openpot
import openvino as ov
from openpot.api.benchmark import PROFILED_INPUTS
from openpot.graph.read import read_model
from openpot.inference.compile import compile_model
from openpot.inference.infer_queue import run_in_order
from openpot.measure import operation_times, speed
from quantized_toys import quantized
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
    return model, quantized(model, samples, average=False).model, samples


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


class Clock:
    """A clock that moves only when a model infers: the times that are measured do not depend on the machine."""

    def __init__(self):
        self.now = 0.0
        self.costs = {"f32": 0.008, "default": 0.004, "int8": 0.002}

    def perf_counter(self):
        return self.now


class Clocked:
    """A compiled model, or a request of one, that moves a clock with every inference."""

    def __init__(self, wrapped, clock, cost):
        self.wrapped, self.clock, self.cost = wrapped, clock, cost

    def __getattr__(self, name):
        return getattr(self.wrapped, name)

    def create_infer_request(self):
        return Clocked(self.wrapped.create_infer_request(), self.clock, self.cost)

    def infer(self, inputs):
        self.clock.now += self.cost
        return self.wrapped.infer(inputs)


@pytest.fixture
def clock(monkeypatch):
    """The clock of the timing of models, on which two inferences at once take as long as one."""
    clock = Clock()

    def compile_clocked(model, device, properties):
        is_int8 = any(node.get_type_name() == "FakeQuantize" for node in model.get_ops())
        kind = "int8" if is_int8 else "f32" if "INFERENCE_PRECISION_HINT" in properties else "default"
        return Clocked(compile_model(model, device, properties), clock, clock.costs[kind])

    def run_clocked(compiled, feeds, deliver, count):
        clock.now += len(feeds) * compiled.cost / 2
        return run_in_order(compiled.wrapped, feeds, deliver, count)

    monkeypatch.setattr(speed, "time", clock)
    monkeypatch.setattr(speed, "compile_model", compile_clocked)
    monkeypatch.setattr(speed, "run_in_order", run_clocked)
    monkeypatch.setattr(speed, "read_default_precision", lambda device: "bf16")
    return clock


@pytest.mark.parametrize("name", ["text direction", "file types"])
def test_times_of_models_are_those_of_the_clock(name, clock):
    model, int8, samples = task(name)
    found = openpot.benchmark(model, int8, samples, seconds=0.2).speed
    assert found.milliseconds == pytest.approx({"f32": 8, "bf16": 4, "INT8": 2})
    assert found.inferences_per_second == pytest.approx({"f32": 250, "bf16": 500, "INT8": 1000})
    for ratio, expected in (
        (found.latency, 4),
        (found.throughput, 4),
        (found.noise, 1),
        (found.over_default.latency, 2),
        (found.over_default.throughput, 2),
    ):
        assert (ratio.lower, ratio.median, ratio.upper) == pytest.approx((expected,) * 3)


class Recorded:
    """A compiled model, or a request of one, whose counters are kept as they were read."""

    def __init__(self, wrapped, readings):
        self.wrapped, self.readings = wrapped, readings

    def __getattr__(self, name):
        return getattr(self.wrapped, name)

    def create_infer_request(self):
        return Recorded(self.wrapped.create_infer_request(), self.readings)

    @property
    def profiling_info(self):
        self.readings.append(self.wrapped.profiling_info)
        return self.readings[-1]


@pytest.mark.parametrize("name", ["text direction", "file types"])
def test_the_time_of_a_layer_is_what_the_counters_say(name, monkeypatch):
    """The shortest of all turns for each input, on average: the counters that the tool saw, added up here."""
    model, int8, samples = task(name)
    models = []

    def compile_recorded(*arguments):
        models.append(Recorded(compile_model(*arguments), []))
        return models[-1]

    monkeypatch.setattr(operation_times, "compile_model", compile_recorded)
    found = openpot.benchmark(model, int8, samples[:PROFILED_INPUTS], seconds=0.01)
    layer = next(layer for layer in found.layers if layer.type == "Convolution")
    for compiled, given in zip(models, (layer.milliseconds, layer.milliseconds_other), strict=True):
        (node,) = (
            node.get_friendly_name()
            for node in compiled.get_runtime_model().get_ops()
            if layer.operation in node.get_rt_info()["originalLayersNames"].value.split(",")
            and node.get_rt_info()["layerType"].value == "Convolution"
        )
        seconds = [
            sum(entry.real_time.total_seconds() for entry in reading if entry.node_name == node)
            for reading in compiled.readings
        ]
        turns = np.reshape(seconds, (-1, PROFILED_INPUTS))
        assert given == pytest.approx(1000 * turns.min(axis=0).mean())


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
