"""A data set that a function of the user's returns, named as ``module:callable``. Opening it runs that code."""

from __future__ import annotations

import importlib
import logging
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpot.data.adapt import make_data_loader
from openpot.data.input_description import InputDescription
from openpot.data.loader import DataLoader
from openpot.errors import DataError, suggest_nearest_name

logger = logging.getLogger(__name__)

_PATTERN = re.compile(r"(?P<module>[A-Za-z_]\w*(\.[A-Za-z_]\w*)*):(?P<name>[A-Za-z_]\w*(\.[A-Za-z_]\w*)*)")


def is_callable_name(text: str) -> bool:
    """Whether ``text`` looks like ``module:callable``."""
    return _PATTERN.fullmatch(text) is not None


def open_callable(text: str, inputs: Sequence[InputDescription] = (), subset_size: int | None = None) -> DataLoader:
    """Import the module, call the callable without arguments, and take what it returns as the data set.

    Modules are also looked for in the current folder. What is no callable is the data set itself.

    Args:
        text: ``module:callable``; both may be dotted.
        inputs: the model's inputs, for :func:`make_data_loader`.
        subset_size: the same.

    Raises:
        DataError: the text has another form, the module or the name does not exist, or the code raised.
    """
    target = find_named(text)
    try:
        data = target() if callable(target) else target
    except Exception as error:
        raise DataError(f"{text} raised {type(error).__name__}: {error}") from error
    return make_data_loader(data, inputs, subset_size)


def find_named(text: str) -> Any:
    """What ``module:name`` names; importing the module runs its code.

    Raises:
        DataError: the text has another form, the module or the name does not exist, or its code raised.
    """
    match = _PATTERN.fullmatch(text)
    if match is None:
        raise DataError(f"expected module:callable, got {text!r}")
    logger.info("running code of the user: %s", text)
    return _find(_import(match["module"]), match["name"], text)


def _import(name: str) -> Any:
    folder = str(Path.cwd())
    sys.path.insert(0, folder)
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and (name == error.name or name.startswith(f"{error.name}.")):
            raise DataError(f"there is no module {name!r}, neither installed nor in the current folder") from error
        raise DataError(f"importing {name!r} raised {type(error).__name__}: {error}") from error
    except Exception as error:
        raise DataError(f"importing {name!r} raised {type(error).__name__}: {error}") from error
    finally:
        if folder in sys.path:
            sys.path.remove(folder)


def _find(module: Any, dotted: str, text: str) -> Any:
    target = module
    for part in dotted.split("."):
        if not hasattr(target, part):
            names = [name for name in vars(target) if not name.startswith("_")] if hasattr(target, "__dict__") else []
            raise DataError(f"{text}: there is no {part!r}; {suggest_nearest_name(part, names)}")
        target = getattr(target, part)
    return target
