"""Times of single operations."""

import numpy as np
import pytest

from openpot.measure.operation_times import TimedNode, sum_time, time_side_by_side
from toy_models import images, tiny_cnn


def test_nodes_of_both_models_are_timed_under_the_names_of_their_operations():
    feeds = [{0: image[None]} for image in images(2)]
    small, large = time_side_by_side([tiny_cnn(), tiny_cnn(channels=64)], feeds, seconds=0.2)
    for nodes in (small, large):
        (conv,) = (node for node in nodes if "conv2" in node.operations)
        assert 0 < conv.seconds < 1
        assert "relu2" in conv.operations  # fused into it
    assert sum_time(large, ["conv2"], ["conv1", "conv2"]) > sum_time(small, ["conv2"], ["conv1", "conv2"])


def nodes(*described):
    return [TimedNode(frozenset(names.split()), seconds) for names, seconds in described]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (["conv1"], 3),
        (["conv1", "fq1"], 3.5),
        (["conv2", "fq2"], 4),
        (["fq2"], 0),
        (["add"], 1),
    ],
    ids=["leading", "with its own quantizer", "a quantizer fused elsewhere", "alone", "no leading operation"],
)
def test_a_node_belongs_to_the_operation_that_leads_it(asked, expected):
    known = nodes(("fq1", 0.5), ("conv1 relu fq2", 3), ("conv2", 4), ("add relu2", 1))
    assert sum_time(known, asked, ["conv1", "conv2"]) == pytest.approx(expected)


def test_at_least_five_turns_are_made_however_little_time_there_is(monkeypatch):
    import openpot.measure.operation_times as module

    taken = []
    monkeypatch.setattr(module._Profiled, "infer_once", lambda run, feeds: taken.append(len(feeds)))
    time_side_by_side([tiny_cnn()], [{0: np.zeros((1, 3, 16, 16), np.float32)}], seconds=0.0)
    assert taken == [1] * 5
