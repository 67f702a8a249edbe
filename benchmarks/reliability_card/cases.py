"""What a case is, and the rule by which it is graded."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HANDLED, UNCLEAR, FAILED = 2, 1, 0

FAR = 0.05
"""Distance of a quantized toy from its float model, three times that of a healthy run (0.016): above it, it is wrong."""

DOCUMENTED_EXIT_CODES = (2, 3, 4, 5, 6, 7, 130, 143)
CPP_PLACE = re.compile(r"\S+\.[ch]pp:\d+")
"""A place in OpenVINO's source code: a message that holds one has not been written for users."""


@dataclass(frozen=True)
class Case:
    """One thing that goes wrong, and what a tool that can be trusted does then.

    Attributes:
        name: ``D01``; the letter is its part.
        title: what goes wrong.
        act: gets the driver of a tool and an empty folder; returns an :class:`Ending`, or a quantized model.
        says: texts that a message or warning has to hold, all of them; one entry may list alternatives: ``"a|b"``.
        must_end: ``"refused"``: going on is wrong; ``"done"``: stopping is; ``"either"``: if what is said is clear.
        silent: points for ending well without saying what ``says`` demands.
        seconds: limit of time.
        only: the tool that has what is tried; empty for all.
        quick: takes less than two seconds, in a process that has others before it.
    """

    name: str
    title: str
    act: Callable[[Any, Path], Any]
    says: tuple[str, ...] = ()
    must_end: str = "either"
    silent: int = UNCLEAR
    seconds: float = 60
    only: str = ""
    quick: bool = True


@dataclass
class Ending:
    """What came of a case.

    Attributes:
        outcome: ``done``, ``refused``, ``killed``, ``hanging``, or ``damage``: something was lost, altered or run.
        text: messages and warnings.
        exit_code: that of the command or of the error; None for errors without one.
        distance: of the quantized model from the float one; None where there is nothing to compare.
    """

    outcome: str
    text: str = ""
    exit_code: int | None = None
    distance: float | None = None
    facts: dict[str, Any] = field(default_factory=dict)


CASES: dict[str, Case] = {}


def case(name: str, title: str, *says: str, **choices: Any) -> Callable[[Callable[[Any, Path], Any]], Callable[[Any, Path], Any]]:
    """Register a function as a case."""

    def register(act: Callable[[Any, Path], Any]) -> Callable[[Any, Path], Any]:
        if name in CASES:
            raise ValueError(f"two cases are called {name}")
        CASES[name] = Case(name, title, act, says, **choices)
        return act

    return register


def grade(case: Case, ending: Ending, has_exit_codes: bool) -> int:
    """2: handled; 1: stops with text that users must decode, or a good result without a word; 0: wrong, lost, killed."""
    if ending.outcome in ("killed", "hanging", "damage"):
        return FAILED
    says_it = all(any(part.lower() in ending.text.lower() for part in words.split("|")) for words in case.says)
    if ending.outcome == "refused":
        is_documented = not has_exit_codes or ending.exit_code in DOCUMENTED_EXIT_CODES
        is_clear = says_it and is_documented and not CPP_PLACE.search(ending.text)
        return HANDLED if is_clear and case.must_end != "done" else UNCLEAR
    if case.must_end == "refused" or (ending.distance is not None and not ending.distance <= FAR):
        return FAILED
    return HANDLED if says_it else case.silent
