import warnings

import numpy as np
import pytest

from openpot.data.adapt import make_data_loader
from openpot.data.chained_steps import ChainedSteps
from openpot.errors import OpenPotWarning
from openpot.inference.model_inputs import describe_inputs
from openpot.inference.streams import ensure_sequences, warn_of_single_steps
from stream_models import cache_model, steps, stream_model, streams
from toy_models import images, tiny_cnn


def loader(data, model):
    return make_data_loader(data, describe_inputs(model))


@pytest.mark.parametrize(
    ("model", "data"), [(tiny_cnn(), images(3)), (stream_model(), streams(3))], ids=["no state", "sequences"]
)
def test_what_needs_nothing_is_left_alone(model, data):
    given = loader(data, model)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert ensure_sequences(model, given) is given
        warn_of_single_steps(model, given)


@pytest.mark.parametrize("batch", [1, -1])
def test_single_steps_become_sequences_and_the_warning_says_how_to_give_real_ones(batch):
    model = stream_model(batch)
    with pytest.warns(OpenPotWarning, match=r"list of dicts by input name.*SAMPLE\|STEP\|INPUT"):
        made = ensure_sequences(model, loader(steps(20), model))
    assert isinstance(made, ChainedSteps)
    assert len(made[0]) == 20


def test_a_state_that_grows_is_left_alone_with_a_warning():
    model = cache_model()
    given = loader([np.zeros((1, 3, 8), np.float32)] * 4, model)
    with pytest.warns(OpenPotWarning, match="neither calibrated on nor validated"):
        assert ensure_sequences(model, given) is given


def test_who_evaluates_a_metric_is_only_warned():
    model = stream_model()
    with pytest.warns(OpenPotWarning, match="keeps a state"):
        warn_of_single_steps(model, loader(steps(3), model))
