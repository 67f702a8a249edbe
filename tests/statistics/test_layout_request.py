import numpy as np
import pytest

from openpot.data.sampler import BatchSampler, IndexSampler
from openpot.errors import EngineError
from openpot.statistics.layout_request import LayoutRequest, group_by_sampler, merge_layouts
from toy_engines import labelled_images


def wish(layout, mapping=None):
    made = LayoutRequest()
    made.add(layout, "sampler", mapping or {})
    return made


def test_a_second_wish_adds_nodes_and_statistics():
    made = wish({"a": {"max": np.max}})
    made.add({"a": {"min": np.min}, "b": {"max": np.max}}, "later", {})
    assert made.layout == {"a": {"max": np.max, "min": np.min}, "b": {"max": np.max}}
    assert made.sampler == "later"


def test_equal_functions_are_merged_and_keep_their_names():
    layout, aliases = merge_layouts(
        {"A": wish({"n": {"high": np.max}}), "B": wish({"n": {"top": np.max, "low": np.min}})}
    )
    assert layout == {"n": {np.max: np.max, np.min: np.min}}
    assert aliases == {"A": {"n": {np.max: ["high"]}}, "B": {"n": {np.max: ["top"], np.min: ["low"]}}}


def test_each_gets_back_what_it_asked_for_under_its_own_names():
    renamed = wish({"old": {"high": np.max, "top": np.max}}, {"old": "new"})
    assert merge_layouts({"A": renamed})[0] == {"new": {np.max: np.max}}
    assert renamed.answer({"new": {np.max: [1, 2]}}) == {"old": {"high": [1, 2], "top": [1, 2]}}


def test_what_the_engine_left_out_is_named():
    with pytest.raises(EngineError, match="no statistics of 'a'"):
        wish({"a": {"max": np.max}}).answer({})
    with pytest.raises(EngineError, match="no statistics of 'a'"):
        wish({"a": {"max": np.max}}).answer(None)


def test_samplers_that_go_the_same_way_share_a_pass():
    loader = labelled_images(6)
    samplers = {
        "A": BatchSampler(loader, 1, range(3)),
        "B": BatchSampler(loader, 1, [0, 1, 2]),
        "other samples": BatchSampler(loader, 1, [0, 1, 3]),
        "other order": BatchSampler(loader, 1, [2, 1, 0]),
        "other batches": BatchSampler(loader, 2, range(3)),
        "other data": BatchSampler(labelled_images(6), 1, range(3)),
        "other kind": IndexSampler([0, 1, 2]),
    }
    assert group_by_sampler(samplers) == [["A", "B"], *([name] for name in list(samplers)[2:])]


def test_samplers_of_the_users_own_share_a_pass_only_if_they_are_one_object():
    class Shuffling(BatchSampler):
        pass

    loader = labelled_images(3)
    own = Shuffling(loader)
    assert group_by_sampler({"A": own, "B": Shuffling(loader), "C": own, "D": None, "E": None}) == [
        ["A", "C"],
        ["B"],
        ["D", "E"],
    ]
