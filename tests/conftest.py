"""Shared set-up of the test suite."""

import sys
from pathlib import Path

import pytest

from openpot.algorithms import placement

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(autouse=True)
def processor_with_fast_int8_products(monkeypatch):
    """Plans must not depend on the machine that runs the tests; the slow case has tests of its own."""
    monkeypatch.setattr(placement, "has_slow_int8_products", lambda: False)
