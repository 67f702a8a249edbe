"""``--workers``."""

import sys

import pytest

from openpot.cli.workers_option import connected_executor
from openpot.errors import ConfigError, MissingExtraError


def test_without_an_address_there_are_no_workers():
    with connected_executor(None) as executor:
        assert executor is None


def test_an_address_where_nobody_answers_is_said(monkeypatch):
    monkeypatch.setattr("openpot.cli.workers_option.SECONDS_TO_CONNECT", 0.2)
    told = r"no dask scheduler answers at 'tcp://127.0.0.1:1'"
    with pytest.raises(ConfigError, match=told), connected_executor("tcp://127.0.0.1:1"):
        pass


def test_without_dask_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingExtraError, match=r"openpot\[dask\]"), connected_executor("tcp://127.0.0.1:8786"):
        pass
