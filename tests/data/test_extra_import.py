"""Optional dependencies."""

import json

import pytest

from openpot.data.extra_import import import_extra
from openpot.errors import MissingExtraError


def test_installed_module_is_returned():
    assert import_extra("json", "json", "metrics", "a test") is json


def test_missing_module_says_what_needs_it_and_how_to_get_it():
    with pytest.raises(
        MissingExtraError, match=r"the metric x needs the package no-such, .*pip install 'openpot\[metrics\]'"
    ):
        import_extra("no_such_module", "no-such", "metrics", "the metric x")
