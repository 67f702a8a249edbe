import numpy as np
import pytest

from compressible_models import language_model, token_samples, weights
from openpot.graph.edit import ModelEditor
from openpot.measure.held_out_loss import AS_USERS_RUN, LossMeter, find_logits
from toy_models import images, tiny_cnn


def changed(model, name, values, scale):
    with ModelEditor(model) as editor:
        noise = np.random.default_rng(9).standard_normal(values.shape).astype(np.float32)
        editor.replace_constant(name, values + scale * noise)
    return model


def test_logits_are_as_long_as_the_table_of_tokens():
    assert find_logits(language_model()) == 0
    assert find_logits(tiny_cnn()) is None


def test_tokens_are_judged_by_divergence_and_agreement():
    feeds = [{0: sample} for sample in token_samples(5)]
    meter = LossMeter(language_model(), feeds)
    none = meter.measure(language_model())
    assert (none.divergence.value, none.agreement.value, none.output_error) == (pytest.approx(0, abs=1e-6), 1.0, None)
    small, large = (meter.measure(changed(language_model(), "up_w", weights(1, 96, 64), s)) for s in (0.02, 0.3))
    assert 0 < small.divergence.value < large.divergence.value
    assert small.agreement.value > large.agreement.value
    assert large.divergence.low < large.value < large.divergence.high
    assert (large.samples, large.positions) == (5, 60)


def test_other_outputs_are_judged_by_their_error():
    source = tiny_cnn()
    feeds = [{0: image[None]} for image in images(6)]
    meter = LossMeter(source, feeds)
    assert meter.measure(tiny_cnn()).output_error.value == 0
    lost = meter.measure(tiny_cnn(seed=1))
    assert lost.divergence is None
    assert lost.output_error.low <= lost.value <= lost.output_error.high
    assert lost.value > 0.1


def test_the_settings_of_users_are_close_to_exact_arithmetic():
    feeds = [{0: sample} for sample in token_samples(5)]
    assert LossMeter(language_model(), feeds).measure(language_model(), AS_USERS_RUN).value < 0.01
