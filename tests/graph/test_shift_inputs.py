"""Models whose layers are shifted by an input."""

import numpy as np
import pytest

import openvino as ov
from openpot.errors import ModelError
from openpot.graph.shift_inputs import ShiftPlace, with_shift_inputs
from openpot.graph.tensor_id import TensorId
from toy_models import images, tiny_cnn

CONV1, FC = ShiftPlace(TensorId("conv1"), 1, 8), ShiftPlace(TensorId("fc"), -1, 5)


def run(shiftable, data, shifts):
    compiled = ov.compile_model(shiftable.model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return compiled([data[None], np.asarray(shifts, np.float32)])[0]


def channel_means(name, data):
    model = tiny_cnn()
    node = next(node for node in model.get_ops() if node.get_friendly_name() == name)
    value = ov.compile_model(ov.Model([node], model.get_parameters(), "m"), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})(
        data[None]
    )[0]
    return value.mean(axis=(0, 2, 3)) if value.ndim == 4 else value[0]


def test_without_shifts_the_means_are_those_of_the_model():
    shiftable = with_shift_inputs(tiny_cnn(), [CONV1, FC])
    (item,) = images(1)
    means = run(shiftable, item, np.zeros(13))
    assert shiftable.slices == (slice(0, 8), slice(8, 13))
    np.testing.assert_allclose(means[:8], channel_means("conv1", item), atol=1e-5)
    np.testing.assert_allclose(means[8:], channel_means("fc", item), atol=1e-5)


def test_a_shift_moves_its_own_channel_and_what_lies_below():
    shiftable = with_shift_inputs(tiny_cnn(), [CONV1, FC])
    (item,) = images(1)
    before = run(shiftable, item, np.zeros(13))
    shifts = np.zeros(13)
    shifts[2] = 0.5
    after = run(shiftable, item, shifts)
    np.testing.assert_allclose((after - before)[:8], np.eye(8)[2] * 0.5, atol=1e-5)
    assert np.abs((after - before)[8:]).max() > 1e-3


def test_the_given_model_is_left_alone():
    model = tiny_cnn()
    before = [node.get_friendly_name() for node in model.get_ordered_ops()]
    with_shift_inputs(model, [CONV1])
    assert [node.get_friendly_name() for node in model.get_ordered_ops()] == before
    assert len(model.inputs) == 1


@pytest.mark.parametrize(
    ("places", "message"),
    [
        ([], "nothing to shift"),
        ([ShiftPlace(TensorId("conv1"), 1, 7)], "has no 7 channels along axis 1"),
        ([ShiftPlace(TensorId("conv1"), 4, 8)], "has no 8 channels along axis 4"),
    ],
    ids=["no place", "wrong number of channels", "no such axis"],
)
def test_impossible_places_are_refused(places, message):
    with pytest.raises(ModelError, match=message):
        with_shift_inputs(tiny_cnn(), places)
