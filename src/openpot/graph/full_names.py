"""Full names: ``owner|inner`` for a node inside the body of a Loop, TensorIterator or If, the plain name elsewhere.

The two bodies of an If are distinguished as ``owner|then|inner`` and ``owner|else|inner``.
"""

from __future__ import annotations

SEPARATOR = "|"


def full_name(owner: str, name: str) -> str:
    """The full name of ``name`` in the body of ``owner`` (an empty owner is the model itself)."""
    return f"{owner}{SEPARATOR}{name}" if owner else name


def strip_owner(owner: str, name: str) -> str:
    """The name that a node of the body of ``owner`` has there; names that do not start with the owner stay."""
    return name.removeprefix(owner + SEPARATOR) if owner else name
