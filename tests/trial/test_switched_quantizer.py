"""Which numbers choose what a quantizer does (what it computes: test_trial_graph.py)."""

import numpy as np
import pytest

from openpot.errors import ModelError
from openpot.graph.tensor_id import TensorId
from openpot.numerics.fake_quantize import FakeQuantizeLimits
from openpot.trial.switched_quantizer import TrialQuantizer


def limits(low, high, levels=16):
    return FakeQuantizeLimits.from_range(np.array(low, np.float32), np.array(high, np.float32), levels)


def quantizer(*candidates):
    return TrialQuantizer("fq", TensorId("x"), (), candidates)


def listed(settings):
    return [None if one is None else one.tolist() for one in settings]


def test_one_range_takes_four_numbers_for_any_number_of_candidates():
    one = quantizer(limits(-1, 2), limits(0, 15), limits([[0]], [[30]]))
    assert one.list_controls(can_be_off=False) == ("start", "gain", "step", "low")
    expected = [None, [-1, 5, 0.2, -1], [0, 1, 1, 0], [0, 0.5, 2, 0]]
    assert listed(one.compute_settings(can_be_off=False)) == [None, *(pytest.approx(four) for four in expected[1:])]


def test_a_switch_is_one_number_more():
    one = quantizer(limits(0, 15))
    assert one.list_controls(can_be_off=True) == ("share", "start", "gain", "step", "low")
    assert listed(one.compute_settings(can_be_off=True)) == [[1, 0, 0, 0, 0], [0, 0, 1, 1, 0]]


def test_ranges_per_channel_take_a_switch_for_each_candidate():
    one = quantizer(limits([[-1], [0]], [[1], [1]]), limits(0, 1))
    assert one.list_controls(can_be_off=False) == ("switch_0", "switch_1")
    assert listed(one.compute_settings(can_be_off=False)) == [None, [1, 0], [0, 1]]
    assert listed(one.compute_settings(can_be_off=True)) == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]


def test_a_single_candidate_per_channel_that_always_acts_takes_no_number():
    one = quantizer(limits([[-1], [0]], [[1], [1]]))
    assert one.list_controls(can_be_off=False) == ()
    assert listed(one.compute_settings(can_be_off=False)) == [None, []]
    assert one.list_controls(can_be_off=True) == ("share", "switch_0")


def test_candidates_with_different_numbers_of_levels_are_refused():
    with pytest.raises(ModelError, match=r"one number of levels, given \[16, 256\]"):
        quantizer(limits(0, 1), limits(0, 1, 256))
