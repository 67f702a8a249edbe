"""How a module of the historic tree refuses the names that openpot does not provide."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from openpot.errors import AbsentNameError
from openpot.legacy.names import absent_by_path


def refuse_absent_names(module: str) -> Callable[[str], NoReturn]:
    """A module-level ``__getattr__`` for ``module``.

    It raises AbsentNameError, an ImportError with the reason, for names that POT had and openpot has not, and
    AttributeError for all others.
    """

    def module_getattr(name: str) -> NoReturn:
        row = absent_by_path().get(f"{module}.{name}")
        if row is None or not row.name:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        raise AbsentNameError(row.message)

    return module_getattr


def refuse_module(module: str) -> NoReturn:
    """Refuse to import ``module``.

    Raises:
        AbsentNameError: always, with the reason and the substitute.
    """
    raise AbsentNameError(absent_by_path()[module].message)
