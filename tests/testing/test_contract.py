"""Faults are gathered and raised together."""

import numpy as np
import pytest

from openpot.testing.contract import ContractError, Faults, is_close, is_equal


def test_all_faults_are_in_one_message():
    faults = Faults([])
    assert faults.require(True, "fine")
    assert not faults.require(False, "first")
    faults.add("first")
    with faults.unless_raised("len()"):
        raise KeyError("x")
    with pytest.raises(ContractError, match=r"list does not keep its contract:\n  1\. first\n  2\. len\(\) raised"):
        faults.conclude()


def test_nothing_is_raised_without_a_fault():
    Faults([]).conclude()


def test_equal_values():
    value = {"a": [np.array([1.0, np.nan]), "text"]}
    assert is_equal(value, {"a": [np.array([1.0, np.nan]), "text"]})
    assert not is_equal(value, {"a": [np.array([1.0, 2.0]), "text"]})
    assert not is_equal(np.zeros(3, np.float32), np.zeros(3))
    assert is_close([1.0, 2.0], [1.0 + 1e-9, 2.0])
    assert not is_close([1.0], [1.1])
