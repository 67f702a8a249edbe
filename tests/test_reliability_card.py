"""The quick cases of the score-card of reliability; ``benchmarks/reliability.py`` runs all, beside NNCF."""

import importlib
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

from reliability_card.cases import HANDLED, Case, Ending, grade  # noqa: E402  found on the path that was added
from reliability_card.observe import load_cases, load_driver, observe  # noqa: E402

CASES = load_cases()
OPENPOT = load_driver("openpot")
QUICK = [case for case in CASES.values() if case.quick and case.only in ("", "openpot")]


@pytest.fixture(autouse=True)
def short_timing(monkeypatch):
    monkeypatch.setattr("openpot.measure.side_by_side.SECONDS_OF_TIMING", 0.0)


@pytest.mark.parametrize("case", QUICK, ids=lambda case: case.name)
def test_a_quick_case_is_handled(case, tmp_path):
    ending = observe(case, OPENPOT, tmp_path)
    assert grade(case, ending, True) == HANDLED, f"{case.title}: {ending.outcome}, {ending.text}"


def test_there_are_a_hundred_cases_and_every_part_has_some():
    assert len(CASES) >= 100
    assert {name[0] for name in CASES} == set("DMACSRXV")


def test_the_rule():
    case = Case("D00", "title", lambda tool, folder: None, ("sample 3", "nan|inf"))
    assert grade(case, Ending("refused", "Sample 3 holds NaN", 4), True) == 2
    assert grade(case, Ending("refused", "sample 3 holds NaN", 1), True) == 1
    assert grade(case, Ending("refused", "sample 3 holds NaN"), False) == 2
    assert grade(case, Ending("refused", "sample 3 holds inf, src/core/x.cpp:12", 4), True) == 1
    assert grade(case, Ending("done", "sample 3: NaN", distance=0.01), True) == 2
    assert grade(case, Ending("done", "", distance=0.01), True) == 1
    assert [grade(case, Ending(outcome), True) for outcome in ("killed", "hanging", "damage")] == [0, 0, 0]
    assert grade(case, Ending("done", "sample 3: NaN", distance=0.5), True) == 0


def test_drivers_have_the_same_functions():
    nncf = importlib.import_module("reliability_card.nncf_driver")
    for name in ("quantize", "quantize_by_metric", "save", "read", "quantize_command"):
        assert callable(getattr(OPENPOT, name))
        assert callable(getattr(nncf, name))
