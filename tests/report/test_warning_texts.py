"""Warnings as texts."""

import warnings

import pytest

from openpot.errors import OpenPotWarning
from openpot.report.warning_texts import collect_warnings


def test_texts_of_openpots_warnings_are_kept_and_all_warnings_go_on():
    with pytest.warns() as caught, collect_warnings() as told:
        warnings.warn("sample 3 is odd", OpenPotWarning, stacklevel=1)
        warnings.warn("of somebody else", UserWarning, stacklevel=1)
    assert told == ["sample 3 is odd"]
    assert [str(entry.message) for entry in caught] == ["sample 3 is odd", "of somebody else"]


def test_warnings_go_on_when_the_work_fails():
    with (
        pytest.warns(OpenPotWarning, match="before the end"),
        pytest.raises(ValueError, match="stop"),
        collect_warnings(),
    ):
        warnings.warn("before the end", OpenPotWarning, stacklevel=1)
        raise ValueError("stop")
