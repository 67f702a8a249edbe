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
    assert Judgement(tokens(1.0), tokens(run)).loses_as_run is loses


def test_without_data_nothing_is_known():
    assert Judgement().agreement is None
    assert not Judgement().loses_as_run


class Meter:
    """Answers with losses in turn."""

    def __init__(self, *losses):
        self.losses = list(losses)

    def measure(self, model, properties=None):
        return self.losses.pop(0)


@pytest.mark.parametrize(
    ("may", "without", "is_off"), [(True, 1.2, True), (True, 2.9, False), (False, 1.2, False)],
    ids=["its doing", "not its doing", "not allowed"],
)  # fmt: skip
def test_dynamic_quantization_is_switched_off_where_it_doubles_the_loss(may, without, is_off, monkeypatch):
    monkeypatch.setattr("openpot.compression.judge_result.SECONDS_OF_TIMING", 0.0)
    meter = Meter(tokens(1.0), tokens(3.0), tokens(without))
    monkeypatch.setattr("openpot.compression.judge_result.LossMeter", lambda *_: meter)
    model = language_model()
    seen = judge(model, model, [], SilentProgress(), may)
    assert (seen.switched_off is not None) is is_off
    assert seen.loss_as_run.value == (without if is_off else 3.0)
    assert model.has_rt_info(["runtime_options", "DYNAMIC_QUANTIZATION_GROUP_SIZE"]) is is_off
