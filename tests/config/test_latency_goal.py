"""How fast the result should be: milliseconds, a share of FP32's latency, or a speedup."""

import pytest

import openpot
from openpot.config.latency_goal import LatencyGoal
from openpot.errors import ConfigError
from toy_models import images, tiny_cnn


@pytest.mark.parametrize(
    ("goal", "seconds"),
    [
        (LatencyGoal(), None),
        (LatencyGoal(max_latency=12.5), 0.0125),
        (LatencyGoal(max_latency="12.5ms"), 0.0125),
        (LatencyGoal(max_latency="0.5x"), 0.02),
        (LatencyGoal(min_speedup=1.6), 0.025),
    ],
)
def test_the_limit_in_seconds_where_fp32_takes_40_milliseconds(goal, seconds):
    found = goal.to_seconds(0.04)
    assert found == (None if seconds is None else pytest.approx(seconds))
    assert goal.is_stated == (seconds is not None)


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"max_latency": "fast"}, "got 'fast'"),
        ({"max_latency": -1}, "got -1"),
        ({"max_latency": "0x"}, "got '0x'"),
        ({"min_speedup": 0.0}, "positive number"),
        ({"max_latency": 3, "min_speedup": 2}, "state one of them"),
        ({"min_speedup": 2, "max_drop": 0.1}, "max_output_error"),
    ],
)
def test_what_is_no_limit_is_refused_before_anything_runs(wish, words):
    with pytest.raises(ConfigError, match=words):
        openpot.quantize(tiny_cnn(), images(12), **wish)
