import pytest

import openpot
from compressible_models import language_model, token_samples
from openpot.compression.judge_result import Judgement, judge
from openpot.measure.held_out_loss import Estimate, HeldOutLoss
from openpot.progress import SilentProgress


def tokens(value, spread=0.1):
    return HeldOutLoss(Estimate(value, value - spread, value + spread), Estimate(0.8, 0.7, 0.9), None, 4, 40)


def test_loss_and_speed_are_seen(timing):
    source = language_model()
    result = openpot.compress_weights(source, weight_format="int4_asym").model
    seen = judge(source, result, [{0: sample} for sample in token_samples(3)], SilentProgress())
    assert seen.loss.value > 0
    assert 0 < seen.agreement <= 1
    assert seen.speed is not None


@pytest.mark.parametrize(("run", "loses"), [(1.5, False), (2.5, True)])
def test_a_loss_that_doubles_with_the_runtimes_settings_is_seen(run, loses):
    assert Judgement(tokens(1.0), tokens(run)).loses_by_dynamic_quantization is loses


def test_without_data_nothing_is_known():
    assert Judgement().agreement is None
    assert not Judgement().loses_by_dynamic_quantization
