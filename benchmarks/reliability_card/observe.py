"""Runs a case and writes down what came of it."""

from __future__ import annotations

import importlib
import io
import json
import logging
import os
import sys
import warnings
from contextlib import redirect_stderr
from dataclasses import asdict
from pathlib import Path

from . import toys
from .cases import CASES, Case, Ending

PARTS = ("data", "model", "metric", "config", "save", "run", "security", "plugin")


def load_cases() -> dict[str, Case]:
    """All cases by name."""
    for part in PARTS:
        importlib.import_module(f"{__package__}.{part}_cases")
    return CASES


def load_driver(tool: str):
    return importlib.import_module(f"{__package__}.{tool}_driver")


def observe(case: Case, driver, folder: Path) -> Ending:
    """What comes of a case in this process, with all that was said."""
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    logger = logging.getLogger(driver.NAME)
    logger.addHandler(handler)
    try:
        with warnings.catch_warnings(record=True) as warned, redirect_stderr(said):
            warnings.simplefilter("always")
            ending = _end(case, driver, folder)
    finally:
        logger.removeHandler(handler)
    ending.text = "\n".join([ending.text, *(str(entry.message) for entry in warned), said.getvalue()])
    return ending


def _end(case: Case, driver, folder: Path) -> Ending:
    try:
        made = case.act(driver, folder)
    except (Exception, KeyboardInterrupt, SystemExit) as error:
        exit_code = 130 if isinstance(error, KeyboardInterrupt) else getattr(error, "exit_code", None)
        return Ending("refused", f"{type(error).__name__}: {error}", exit_code)
    if isinstance(made, Ending):
        return made
    if isinstance(made, tuple):  # the quantized model, and the float one
        return Ending("done", distance=toys.distance(*made))
    return Ending("done") if made is None else Ending("done", distance=toys.distance(made, toys.network()))


def main() -> None:
    """``observe.py TOOL CASE FOLDER``: writes ``ending.json`` there."""
    tool, name, folder = sys.argv[1:]
    ending = observe(load_cases()[name], load_driver(tool), Path(folder) / "files")
    (Path(folder) / "ending.json").write_text(json.dumps(asdict(ending), default=str))
    sys.stderr.flush()
    os._exit(0)  # what a case leaves running is of no interest


if __name__ == "__main__":
    main()
