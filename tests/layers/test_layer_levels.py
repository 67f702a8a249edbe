"""Levels of layers."""

from openpot.graph.snapshot_model import snapshot_from_model
from openpot.layers.layer_levels import find_layer_levels
from toy_models import worked_example


def test_levels_count_the_named_layers_on_the_longest_way():
    names = ["conv1", "dw", "conv2", "conv3", "conv4", "deconv", "conv5", "fc"]
    levels = find_layer_levels(snapshot_from_model(worked_example()), names)
    assert levels == {
        "conv1": 1, "dw": 2, "conv2": 3, "conv3": 4, "conv4": 5, "deconv": 5, "conv5": 6, "fc": 7,
    }  # fmt: skip


def test_layers_that_are_not_named_do_not_count():
    assert find_layer_levels(snapshot_from_model(worked_example()), ["conv1", "fc"]) == {"conv1": 1, "fc": 2}


def test_no_layer_no_level():
    assert find_layer_levels(snapshot_from_model(worked_example()), []) == {}
