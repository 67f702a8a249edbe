"""An INT8 model beside its original."""

from dataclasses import replace

import numpy as np
import pytest

from openpot.errors import DataError
from openpot.graph.read import read_model
from openpot.inference.compile import compile_model
from openpot.measure.output_distance import OutputDistance
from openpot.measure.side_by_side import SideBySide, compare_side_by_side, find_device_for, load_inputs
from openpot.measure.speed import DefaultPrecisionSpeed, Ratio, SpeedResult
from toy_models import images, tiny_cnn


@pytest.mark.parametrize(
    ("target", "device"),
    [("CPU", "CPU"), ("cpu", "CPU"), ("ANY", "CPU"), ("CPU_SPR", "CPU"), ("GNA", None), ("NO_SUCH", None)],
)
def test_target_is_run_by_the_device_that_is_here(target, device):
    assert find_device_for(target) == device


def test_samples_become_inputs_in_the_order_asked_for():
    inputs = load_inputs(read_model(tiny_cnn()), images(4), [2, 0])
    assert [list(feed) for feed in inputs] == [[0], [0]]
    assert [feed[0].tobytes() for feed in inputs] == [images(4)[n].tobytes() for n in (2, 0)]
    assert inputs[0][0].shape == (1, 3, 16, 16)


def test_no_more_samples_are_held_than_fit_but_at_least_one():
    model, size = read_model(tiny_cnn()), images(1)[0].nbytes
    assert len(load_inputs(model, images(6), range(6), 3 * size)) == 3
    assert len(load_inputs(model, images(6), range(6), 1)) == 1


def test_bad_sample_is_named():
    samples = images(3)
    samples[1] = np.full_like(samples[1], np.nan)
    with pytest.raises(DataError, match="sample 1"):
        load_inputs(read_model(tiny_cnn()), samples, range(3))


def test_equal_models_have_no_distance_and_a_speed_is_told(timing):
    model = read_model(tiny_cnn())
    seen = compare_side_by_side(model, model, load_inputs(model, images(4), range(4)))
    (distance,) = seen.output_distances
    assert (distance.output, distance.relative, distance.sqnr_db, distance.samples) == ("logits", 0.0, None, 4)
    assert seen.speed.throughput.lower <= seen.speed.throughput.median <= seen.speed.throughput.upper
    assert seen.executed.get("conv1").precision == "f32"
    assert seen.speed.instruction_set in seen.executed.get("conv1").kernel


def test_what_is_not_timed_is_not_known():
    model = read_model(tiny_cnn())
    seen = compare_side_by_side(model, model, load_inputs(model, images(2), range(2)), times=False)
    assert (seen.speed, seen.default_precision) == (None, None)
    assert seen.executed is not None


def test_the_quantized_model_is_compiled_once_for_its_executed_graph_and_its_outputs(monkeypatch):
    compiled = []

    def compile_and_count(model, *arguments):
        compiled.append(model)
        return compile_model(model, *arguments)

    monkeypatch.setattr("openpot.measure.side_by_side.compile_model", compile_and_count)
    first, second = read_model(tiny_cnn()), read_model(tiny_cnn(seed=1))
    compare_side_by_side(first, second, load_inputs(first, images(2), range(2)))
    assert sorted(map(id, compiled)) == sorted([id(first), id(second)])


def test_target_that_is_not_here_is_not_judged_but_outputs_are_compared():
    model = read_model(tiny_cnn())
    seen = compare_side_by_side(model, model, load_inputs(model, images(2), range(2)), "GNA")
    assert seen.executed is None
    assert seen.speed is None
    assert len(seen.output_distances) == 1


def seen(relative, throughput, latency=None):
    ratio = Ratio(1.0, 0.9, 1.1)
    speed = None if throughput is None else SpeedResult(throughput, latency or ratio, ratio, 5, 5)
    return SideBySide(None, (OutputDistance("scores", relative, 20.0, 9),), speed)


@pytest.mark.parametrize(
    ("relative", "throughput", "words"),
    [
        (0.99, Ratio(1.2, 1.1, 1.3), None),
        (None, None, None),
        (1.0, None, "the output 'scores' is lost: its error is 1.00 times"),
        (float("inf"), None, "its error is inf times"),
        (0.1, Ratio(0.8, 0.7, 0.9), "INT8 is slower than FP32 on this machine: 0.80x"),
        (0.1, Ratio(0.9, 0.7, 1.0), None),
    ],
    ids=["good", "nothing-known", "lost", "broken", "slower", "perhaps-slower"],
)
def test_what_should_give_pause_is_a_warning(relative, throughput, words):
    warnings = seen(relative, throughput).warnings
    if words is None:
        assert warnings == ()
    else:
        (warning,) = warnings
        assert words in warning


SLOWER, FASTER = Ratio(0.9, 0.8, 0.95), Ratio(1.2, 1.1, 1.3)


@pytest.mark.parametrize(
    ("latency", "by_default", "words"),
    [
        (SLOWER, None, "slower in INT8 than in FP32 on this machine: 0.90x"),
        (FASTER, SLOWER, "slower in INT8 than in bf16, the default, on this machine: 0.90x"),
        (SLOWER, SLOWER, "slower in INT8 than in FP32"),
    ],
    ids=["FP32", "the default", "both"],
)
def test_a_latency_that_grew_names_the_option_for_it(latency, by_default, words):
    look = seen(0.1, FASTER, latency)
    default = None if by_default is None else DefaultPrecisionSpeed("bf16", FASTER, by_default)
    (warning,) = replace(look, speed=replace(look.speed, over_default=default)).warnings
    assert words in warning
    assert "--optimize-for latency" in warning
