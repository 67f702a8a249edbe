"""What times and errors choose together, with times that the test states."""

import json

import numpy as np
import pytest

import openpot
from openpot.measure.operation_times import TimedNode
from openpot.measure.speed import Latency, Ratio
from openpot.report.records import Status
from openpot.report.run_record import read_run
from openpot.search import choose_by_latency
from toy_models import images, run, tiny_cnn

GAINS = {"conv1": 1.0, "conv2": 3.0, "fc": 0.5}
"""Seconds of the layers in float; in INT8 each takes a fifth of that, but for ``fc``, which takes twice as long."""


@pytest.fixture
def clock(monkeypatch):
    """Times by the layers that are in INT8, as the device would tell them; counts how often it is asked."""
    asked = []

    def time_of(model):
        nodes = {node.get_friendly_name() for node in model.get_ops() if node.get_type_name() == "FakeQuantize"}
        in_int8 = {layer for layer in GAINS if any(name.startswith(f"{layer}/") for name in nodes)}
        factor = {"fc": 2.0}
        return {layer: gain * (factor.get(layer, 0.2) if layer in in_int8 else 1.0) for layer, gain in GAINS.items()}

    def operations(models, *_):
        asked.append("operations")
        return [[TimedNode(frozenset([layer]), time) for layer, time in time_of(model).items()] for model in models]

    def latencies(fp32, candidates, *_):
        asked.append("latencies")
        whole = sum(time_of(fp32).values())
        return [Latency(whole, Ratio(*[whole / sum(time_of(model).values())] * 3)) for model in candidates]

    monkeypatch.setattr(choose_by_latency, "time_side_by_side", operations)
    monkeypatch.setattr(choose_by_latency, "measure_latencies", latencies)
    return asked


def quantized(**wishes):
    return openpot.quantize(tiny_cnn(), images(16), timing=False, **wishes)


def in_float(result):
    return {one.operation for one in result.plan.decisions if not one.quantized} & GAINS.keys()


def test_the_fastest_model_within_the_error_leaves_in_float_what_int8_makes_slower(clock):
    result = quantized(optimize_for="latency", max_output_error=0.9)
    assert in_float(result) == {"fc"}
    point = result.curve.point
    assert point.measured_ms == pytest.approx(1000 * (0.2 + 0.6 + 0.5))
    assert point.measured_error == result.evidence.error <= 0.9
    assert result.status is Status.DONE
    assert np.isfinite(run(result.model, images(1)[0][None])[0]).all()


def test_a_small_error_costs_latency_and_is_kept(clock):
    whole = quantized(optimize_for="latency", max_output_error=0.9)
    limit = 0.7 * whole.evidence.error
    result = quantized(optimize_for="latency", max_output_error=limit)
    assert result.evidence.error <= limit
    assert in_float(result) > {"fc"}
    assert result.curve.point.measured_ms > whole.curve.point.measured_ms


def test_a_latency_is_reached_with_no_more_int8_than_it_takes(clock):
    whole = quantized(optimize_for="latency", max_output_error=0.9)
    first = next(point for point in whole.curve.points if point.int8_share > 0)
    result = quantized(max_latency=1.01 * first.predicted_ms, max_output_error=0.9)
    assert len(in_float(result)) == 2
    assert result.curve.point.in_int8 == first.in_int8
    assert result.evidence.error < whole.evidence.error
    assert result.status is Status.DONE


def test_a_latency_that_the_float_model_keeps_asks_for_the_fastest(clock):
    whole = quantized(optimize_for="latency", max_output_error=0.9)
    result = quantized(max_latency="2x", max_output_error=0.9)
    assert in_float(result) == in_float(whole) == {"fc"}
    assert result.status is Status.DONE


def test_a_latency_that_nothing_reaches_is_a_target_that_is_not_met(clock):
    result = quantized(max_latency="0.1x", max_output_error=0.9)
    assert result.status is Status.TARGET_NOT_MET
    assert in_float(result) == {"fc"}
    assert any("the fastest takes" in warning for warning in result.warnings)


def test_the_same_times_give_the_same_model_and_nothing_is_timed_again(clock, tmp_path):
    path = tmp_path / "times.json"
    first = quantized(optimize_for="latency", max_output_error=0.9, times=path)
    assert clock
    written, clock[:] = path.read_text(), []
    again = quantized(optimize_for="latency", max_output_error=0.9, times=path)
    assert not clock
    assert again.curve == first.curve
    assert path.read_text() == written


def test_times_across_one_are_too_noisy_and_work_decides(clock, monkeypatch):
    noisy = lambda _, candidates, *__: [Latency(1.0, Ratio(1.0, 0.9, 1.1)) for _ in candidates]  # noqa: E731
    monkeypatch.setattr(choose_by_latency, "measure_latencies", noisy)
    result = quantized(optimize_for="latency", max_output_error=0.9)
    assert result.curve.decided_by == "work"
    assert any("too noisy to decide" in warning for warning in result.warnings)


def test_the_curve_is_in_the_record_and_read_back(clock, tmp_path):
    result = quantized(optimize_for="latency", max_output_error=0.9)
    result.save(tmp_path)
    recorded = json.loads((tmp_path / "run.json").read_text())["curve"]
    assert [point["in_int8"] for point in recorded["points"]] == [point.in_int8 for point in result.curve.points]
    assert recorded["chosen"] == result.curve.chosen
    assert read_run(tmp_path).curve == result.curve


def closeness_to_float(output, image):
    """One less for each unit that the output of a sample is off."""
    return 1 - float(np.abs(output - run(tiny_cnn(), image)[0]).max())


@pytest.mark.parametrize(("max_drop", "status"), [(100.0, Status.DONE), (0.0, Status.TARGET_NOT_MET)])
def test_the_metric_says_whether_the_model_that_is_fast_enough_will_do(clock, max_drop, status):
    """No operation goes back to float for it: the model would be slower than was asked for."""
    whole = quantized(optimize_for="latency", max_output_error=0.9)
    first = next(point for point in whole.curve.points if point.int8_share > 0)
    data = [(image, image[None]) for image in images(16)]
    wishes = {"metric": closeness_to_float, "higher_is_better": True, "max_drop": max_drop}
    result = openpot.quantize(
        tiny_cnn(), data, timing=False, max_latency=1.01 * first.predicted_ms, validation_share=0, **wishes
    )
    assert result.status is status
    assert len(in_float(result)) == 2
    assert result.curve.is_met
    assert any("slower than is allowed" in warning for warning in result.warnings) is (status is not Status.DONE)
