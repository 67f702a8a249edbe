"""How far the channels of a tensor reach."""

import numpy as np
import pytest

from openpot.examination.channel_values import ChannelReach, find_channel_axis
from openpot.graph.revisions import snapshot_graphs
from toy_models import tiny_cnn


def reach(axis, *inferences):
    channels = ChannelReach(axis)
    for values in inferences:
        channels.add(values)
    return channels.describe()


def test_channels_lie_where_the_readers_have_them():
    snapshot = snapshot_graphs(tiny_cnn())[""]
    data = {layer: snapshot[layer].inputs[0].node for layer in ("conv1", "conv2", "fc")}
    assert {layer: find_channel_axis(snapshot, name) for layer, name in data.items()} == {
        "conv1": 1,
        "conv2": 1,
        "fc": -1,
    }
    assert find_channel_axis(snapshot, "fc") is None


@pytest.mark.parametrize("axis", [1, -1])
def test_each_channel_reaches_as_far_as_its_largest_value(axis):
    sizes = np.array([1.0, 2.0, -20.0, 0.0])
    values = np.ones((2, 3, 5, 4)) * sizes
    seen = reach(axis, np.moveaxis(values, 3, axis), np.moveaxis(values / 2, 3, axis))
    assert (seen.number, seen.dead, seen.loudest, seen.ratio) == (4, 1, 2, 10.0)


def test_what_is_dead_in_one_inference_only_is_not_dead():
    assert reach(-1, np.array([[0.0, 1.0]]), np.array([[1.0, 1.0]])).dead == 0


@pytest.mark.parametrize(
    "inferences",
    [[], [np.ones(4)], [np.ones((1, 4)), np.ones((1, 5))], [np.ones((1, 1))]],
    ids=["nothing", "no axis of channels", "another number", "one channel"],
)
def test_a_tensor_without_channels_has_no_record(inferences):
    assert reach(-1, *inferences) is None
    assert reach(None, np.ones((2, 3))) is None


def test_zeros_alone_reach_no_further_than_each_other():
    seen = reach(-1, np.zeros((2, 3)))
    assert (seen.dead, seen.ratio) == (3, 1.0)
