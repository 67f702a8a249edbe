import numpy as np
import pytest

import openvino as ov
from openpot.inference.feeds import NextStep
from openpot.inference.recorded_states import unroll_states
from stream_models import WIDTH, cache_model, run_streams, stream_model, streams
from toy_models import tiny_cnn


def test_steps_by_themselves_give_what_the_sequence_gives():
    sequences = streams(2, length=5)
    feeds = [NextStep({0: step}) if number else {0: step} for one in sequences for number, step in enumerate(one)]
    stateless, unrolled = unroll_states(stream_model(), feeds)
    compiled = ov.Core().compile_model(stateless, "CPU", {"EXECUTION_MODE_HINT": "ACCURACY"})
    given = np.stack([compiled([feed[0], feed[1]])[0] for feed in unrolled])
    assert given == pytest.approx(np.concatenate(run_streams(stream_model(), sequences)), rel=1e-5)


def test_a_cache_grows_with_the_steps():
    tokens = np.ones((1, 3, WIDTH), np.float32)
    _, unrolled = unroll_states(cache_model(), [{0: tokens}, NextStep({0: tokens}), {0: tokens}])
    assert [feed[1].shape[1] for feed in unrolled] == [0, 3, 0]


def test_a_model_without_a_state_is_left_alone():
    model, feeds = tiny_cnn(), [{0: np.zeros(1)}]
    assert unroll_states(model, feeds) == (model, feeds)
