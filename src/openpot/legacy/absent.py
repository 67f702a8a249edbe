"""How a module of the historic tree refuses the names that openpot does not provide."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from openpot.errors import AbsentNameError
from openpot.legacy.names import absent_by_path, elsewhere


def refuse_absent_names(module: str) -> Callable[[str], NoReturn]:
    """A module-level ``__getattr__`` for ``module``.

    It raises AbsentNameError, an ImportError with the reason, for names that POT had here and openpot has not or has
    elsewhere, and AttributeError for all others.
    """

    def module_getattr(name: str) -> NoReturn:
        row = absent_by_path().get(f"{module}.{name}")
        message = row.message if row is not None and row.name else elsewhere(module, name)
        if message is None:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        raise AbsentNameError(message)

    return module_getattr


def refuse_module(module: str) -> NoReturn:
    """Refuse to import ``module``.

    Raises:
        AbsentNameError: always, with the reason and the substitute.
    """
    raise AbsentNameError(absent_by_path()[module].message)
