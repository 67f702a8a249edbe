from dataclasses import replace

import pytest

from compressible_models import language_model
from openpot.compression.attempt_warnings import list_warnings
from openpot.compression.compress_model import find_model_weights
from openpot.compression.decide_formats import FormatDecider
from openpot.compression.judge_result import Judgement
from openpot.compression.one_attempt import compress_within_limit
from openpot.config.ignored_scope import IgnoredScope
from openpot.config.weight_compression import WeightCompressionConfig
from openpot.measure.held_out_loss import Estimate, HeldOutLoss
from openpot.progress import SilentProgress


@pytest.fixture(scope="module")
def attempt():
    model, config = language_model(tied=False), WeightCompressionConfig(weight_format="int4_asym")
    tensors = find_model_weights(model, IgnoredScope()).tensors
    decider = FormatDecider(model, tensors, config, None, SilentProgress())
    return compress_within_limit(model, decider, None, config, SilentProgress())


def warnings_of(attempt, read_as=None, **config):
    return list(list_warnings(attempt, WeightCompressionConfig(**config), read_as or {}))


def with_error(attempt, value):
    error = None if value is None else Estimate(value, value, value)
    return replace(attempt, judgement=Judgement(HeldOutLoss(None, None, error, 2)))


def test_a_model_without_faults_has_none(attempt):
    assert warnings_of(attempt, {"up": "u4"}) == []
    assert warnings_of(with_error(attempt, 0.2)) == []


def test_weights_that_the_device_unpacks_are_named(attempt):
    (warning,) = warnings_of(attempt, {"embedding": "f32", "up": "f32", "down": "u4"})
    assert "1 operation(s)" in warning
    assert "'up'" in warning


def test_lost_outputs_and_an_unknown_loss_are_told_apart(attempt):
    assert "always answering with their mean" in warnings_of(with_error(attempt, 1.1))[0]
    assert "no output varies between the 2 held-out" in warnings_of(with_error(attempt, None))[0]


def test_a_limit_that_is_missed_is_said_with_both_numbers(attempt):
    (warning,) = warnings_of(with_error(attempt, 0.2), max_output_error=0.1)
    assert "is 0.2, max_output_error is 0.1" in warning
