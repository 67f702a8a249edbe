"""What memory is left."""

import sys

import pytest

from openpot import available_memory as subject

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def test_something_is_left():
    assert 2**20 < subject.read_available_memory() < 2**50


def test_a_limit_of_the_address_space_counts(monkeypatch):
    monkeypatch.setattr(subject.resource, "getrlimit", lambda _: (1, 1))
    assert subject.read_address_space_left() == 0
    assert subject.read_available_memory() == 0


def test_without_a_limit_the_address_space_is_no_matter(monkeypatch):
    monkeypatch.setattr(subject.resource, "getrlimit", lambda _: (subject.resource.RLIM_INFINITY,) * 2)
    assert subject.read_address_space_left() is None
