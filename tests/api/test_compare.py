"""``openpot.compare``."""

import pytest

import openpot
from openpot.errors import ConfigError, DeviceError
from openpot.graph.read import read_model
from openpot.measure.compare_outputs import compare_outputs
from toy_models import images, tiny_cnn

FEEDS = [{0: image[None]} for image in images(6)]


def test_outputs_and_layers_of_two_models():
    found = openpot.compare(tiny_cnn(), tiny_cnn(seed=1), images(6), timing=False)
    (expected,) = compare_outputs(read_model(tiny_cnn()), read_model(tiny_cnn(seed=1)), FEEDS)
    assert found.worst_error == pytest.approx(expected.relative)
    assert found.outputs[0].output == "logits"
    assert [layer.operation for layer in found.layers] == ["conv1", "conv2", "fc"]
    assert found.layers[-1].error == pytest.approx(expected.relative, rel=1e-4)
    assert {layer.precision for layer in found.layers} == {"f32"}
    assert (found.speed, found.samples) == (None, 6)


@pytest.mark.parametrize(
    ("choices", "error", "words"),
    [({"subset_size": 1}, ConfigError, "2 or more"), ({"device": "TPU"}, DeviceError, "not on this machine")],
)
def test_choices_that_are_not_possible_are_refused(choices, error, words):
    with pytest.raises(error, match=words):
        openpot.compare(tiny_cnn(), tiny_cnn(), images(3), **choices)
