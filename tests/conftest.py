"""Shared set-up of the test suite."""

import gc
import sys
from pathlib import Path

import pytest
from hypothesis import settings

import openvino as ov
from openpot.algorithms import placement
from openpot.compression import judge_result
from openpot.measure import side_by_side

sys.path.insert(0, str(Path(__file__).parent))

from checked_settings import check_every_setting, check_one_setting
from emulated_processor import follow_emulation
from kept_compilations import keep_compilations
from kept_quantizations import quantize_equal_models_once

gc.disable()  # while tests are collected: a hundred thousand objects come, and none of them goes

follow_emulation()
keep_compilations()
check_one_setting()

# Plans must not depend on the machine that runs the tests; processors with slow INT8 products have tests of their own.
placement.has_slow_int8_products = lambda: False

# Models are timed only where a test is about that: it asks for `timing`.
side_by_side.SECONDS_OF_TIMING = 0.0
judge_result.SECONDS_OF_TIMING = 0.0

# How long an example takes says more about what else runs on the machine than about the code.
settings.register_profile("openpot", deadline=None)
settings.load_profile("openpot")


def pytest_collection_modifyitems(items):
    """Where a module says so, its tests follow one parameter: what was compiled of a network is still there."""
    places = {}
    for item in items:
        places.setdefault(item.module, len(places))
    items.sort(key=lambda item: (places[item.module], _read_parameter(item, getattr(item.module, "IN_ORDER_OF", ""))))


def _read_parameter(item, name):
    return item.callspec.params.get(name, "") if hasattr(item, "callspec") and name else ""


def pytest_collection_finish():
    gc.freeze()
    gc.enable()


@pytest.fixture
def timing(monkeypatch):
    monkeypatch.setattr(side_by_side, "SECONDS_OF_TIMING", 0.01)
    monkeypatch.setattr(judge_result, "SECONDS_OF_TIMING", 0.01)


@pytest.fixture
def compiled_anew(monkeypatch):
    """No compiled model is kept: for faults that show in first inferences, and for runs that shall be independent."""
    monkeypatch.setattr(ov.Core, "compile_model", ov.Core.compile_model.__wrapped__)


@pytest.fixture
def every_setting(monkeypatch):
    """Results are checked under every setting of users, those of pipelines too."""
    check_every_setting(monkeypatch)


@pytest.fixture
def quantized_once(request, monkeypatch):
    """Equal models are quantized by defaults once: for searches that begin with such a model."""
    if "compiled_anew" not in request.fixturenames:
        quantize_equal_models_once(monkeypatch)
