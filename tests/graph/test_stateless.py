import numpy as np
import pytest

import openvino as ov
from openpot.graph.stateless import make_stateless, show_states
from stream_models import STATE, cache_model, run_stream, steps, stream_model


def test_the_state_becomes_an_input():
    model = make_stateless(stream_model())
    assert not model.get_variables()
    compiled = ov.Core().compile_model(model, "CPU", {"EXECUTION_MODE_HINT": "ACCURACY"})
    (step,) = steps(1)
    given = compiled([step, np.zeros((1, STATE), np.float32)])[0]
    assert given == pytest.approx(run_stream(stream_model(), [step])[0], rel=1e-5)


def test_the_source_keeps_its_state_and_a_copy_shows_it():
    model = cache_model()
    make_stateless(model)
    shown = show_states(model)
    assert len(model.get_variables()) == len(shown.get_variables()) == 1
    assert len(shown.outputs) == len(model.outputs) + 1
