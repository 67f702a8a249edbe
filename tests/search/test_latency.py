"""What the clock decides, with a clock that says what the test wants."""

import numpy as np
import pytest

import openpot
import openpot.search.latency as latency
from openpot.engine.openvino_engine import IEEngine
from openpot.errors import ConfigError, EngineError
from openpot.graph.model import CompressedModel
from openpot.measure.speed import Ratio
from openpot.recipes.default_quantization import DefaultQuantization
from openpot.search.latency import decide_by_latency, find_slow_units, revert_slow_units
from openpot.search.quantized_variant import QuantizedVariant
from toy_engines import ListLoader
from toy_models import images, run, tiny_cnn

FEEDS = [{0: image[None]} for image in images(6)]


def quantized(**params):
    held = CompressedModel(graph=tiny_cnn())
    algorithm = DefaultQuantization(params, IEEngine({}, ListLoader([(image, None) for image in images(12)])))
    algorithm.run(held)
    return held, algorithm.result


@pytest.fixture(scope="module")
def variant():
    held, result = quantized(max_output_error=float("inf"))
    return QuantizedVariant("tiny", CompressedModel(graph=tiny_cnn()), held, result.min_max, "CPU")


def clock(monkeypatch, times, ratios):
    """Seconds of operations in float and INT8, and one ratio for every question after the other."""
    asked = iter(ratios)

    def sum_time(nodes, operations, _):
        return sum(times.get(name, (0, 0))[nodes == "int8"] for name in operations)

    monkeypatch.setattr(latency, "time_side_by_side", lambda *_: ("fp32", "int8"))
    monkeypatch.setattr(latency, "sum_time", sum_time)
    monkeypatch.setattr(latency, "measure_latency", lambda *_: next(asked))


FASTER, NO_DIFFERENCE, SLOWER = Ratio(1.2, 1.1, 1.3), Ratio(1.01, 0.97, 1.05), Ratio(0.8, 0.7, 0.9)


def operations(result):
    return [one.unit.operations for one in result.slow]


def test_what_takes_longer_goes_back_if_the_model_is_faster_for_it(variant, monkeypatch):
    clock(monkeypatch, {"conv1": (2, 3), "conv2": (2, 1), "fc": (1, 5)}, [FASTER, FASTER])
    found = revert_slow_units(variant, FEEDS, "CPU")
    assert [names[0] for names in operations(found.result)] == ["fc", "conv1"]
    decisions = {one.operation: one for one in found.min_max.plan.decisions}
    assert [name for name, one in decisions.items() if one.quantized] == ["conv2"]
    assert decisions["fc"].reason.startswith("stays in float: INT8 took ")
    quantizers = {node.name for node in found.model.snapshot().nodes_of_type("FakeQuantize")}
    assert quantizers == {one.name for one in found.min_max.quantizers} == {"conv2/fq_input_0", "conv2/fq_weights_1"}


def test_the_slowest_alone_is_tried_if_all_together_bring_nothing(variant, monkeypatch):
    clock(monkeypatch, {"conv1": (2, 3), "fc": (1, 5)}, [NO_DIFFERENCE, FASTER, FASTER])
    assert [names[0] for names in operations(decide_by_latency(variant, FEEDS, "CPU"))] == ["fc"]


def test_nothing_goes_back_if_the_model_is_not_faster_for_it(variant, monkeypatch):
    clock(monkeypatch, {"conv1": (2, 3), "fc": (1, 5)}, [NO_DIFFERENCE, NO_DIFFERENCE, FASTER])
    found = revert_slow_units(variant, FEEDS, "CPU")
    assert (found.model, found.min_max) == (variant.model, variant.min_max)
    assert (found.result.slow, found.result.gain, found.result.is_float) == ((), NO_DIFFERENCE, False)


def test_a_model_that_is_slower_than_float_becomes_float(variant, monkeypatch):
    clock(monkeypatch, {}, [SLOWER])
    found = revert_slow_units(variant, FEEDS, "CPU")
    assert found.result.is_float
    assert not found.min_max.quantizers
    reasons = {one.reason for one in found.min_max.plan.decisions if one.operation in ("conv1", "conv2", "fc")}
    assert reasons == {"stays in float: the model as a whole was 0.80 times as fast as FP32 on this machine"}
    sample = FEEDS[0][0]
    np.testing.assert_allclose(run(found.model.members[0].model, sample)[0], run(tiny_cnn(), sample)[0], atol=1e-5)


def test_a_little_longer_is_not_slow(variant, monkeypatch):
    clock(monkeypatch, {"conv1": (2, 2.2), "conv2": (0, 1), "fc": (1, 1)}, [])
    assert not find_slow_units(variant, FEEDS, "CPU")


def test_default_quantization_asks_the_clock_only_if_told_to(monkeypatch):
    clock(monkeypatch, {"fc": (1, 5)}, [FASTER, FASTER])
    held, result = quantized(optimize_for="latency", use_fast_bias=True)  # the outputs are not asked
    assert [names[0] for names in operations(result.latency)] == ["fc"]
    assert not [node for node in held.snapshot().nodes_of_type("FakeQuantize") if node.name.startswith("fc/")]
    assert quantized()[1].latency is None


def test_the_real_clock_gives_a_model_that_runs():
    result = openpot.quantize(tiny_cnn(), images(12), optimize_for="latency")
    assert result.settings["optimize_for"] == "latency"
    assert np.isfinite(run(result.model, images(1)[0][None])[0]).all()


def test_what_cannot_be_timed_is_refused_before_anything_runs():
    loader = ListLoader([(image, None) for image in images(12)])
    elsewhere = DefaultQuantization({"optimize_for": "latency", "target_device": "GNA"}, IEEngine({}, loader))
    with pytest.raises(EngineError, match="needs the target device GNA on this machine"):
        elsewhere.run(CompressedModel(graph=tiny_cnn()))
    assert loader.calls == []
    with pytest.raises(ConfigError, match="optimize_for"):
        openpot.quantize(tiny_cnn(), images(12), optimize_for="size")
