"""Where layers are shifted."""

import pytest

from openpot.errors import ModelError, UnknownNameError
from openpot.graph.tensor_id import TensorId
from openpot.trial.shift_inputs import ShiftPlace, require_channels
from toy_models import tiny_cnn


@pytest.mark.parametrize("axis", [1, -3], ids=["from the front", "from the end"])
def test_places_with_their_channels_are_accepted(axis):
    require_channels(tiny_cnn(), [ShiftPlace(TensorId("conv1"), axis, 8)])


@pytest.mark.parametrize(
    "place",
    [ShiftPlace(TensorId("conv1"), 1, 7), ShiftPlace(TensorId("conv1"), 4, 8), ShiftPlace(TensorId("fc"), -3, 5)],
    ids=["other channels", "no such axis", "no such axis from the end"],
)
def test_places_that_a_model_does_not_have_are_refused_with_its_shape(place):
    with pytest.raises(ModelError, match=r"of shape \[.*\] has no"):
        require_channels(tiny_cnn(), [place])


def test_unknown_tensors_are_refused():
    with pytest.raises(UnknownNameError, match="conv9"):
        require_channels(tiny_cnn(), [ShiftPlace(TensorId("conv9"), 1, 8)])
