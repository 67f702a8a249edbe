"""Members of POT's classes that are not there: an AttributeError says why, and what to use instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

from openpot.legacy.absent_names import Absence
from openpot.legacy.member_names import REFUSED, WORKING
from openpot.log import warn_caller


@dataclass(frozen=True)
class Member:
    """A member of a class of POT; ``absence`` says why it is refused, None of one that works."""

    owner: str
    name: str
    absence: Absence | None = None

    @property
    def message(self) -> str:
        """What is missing, why, and what to use instead."""
        assert self.absence is not None  # noqa: S101  only of refused ones
        return f"{self.owner}.{self.name} is not there: {self.absence.reason}. Instead: {self.absence.substitute}"


@cache
def members() -> tuple[Member, ...]:
    """Every member of the table: class by class, those that work first, by name."""
    working = [Member(owner, name) for owner, names in WORKING.items() for name in sorted(names.split())]
    refused = [
        Member(owner, name, absence)
        for owner, absences in REFUSED.items()
        for absence, names in absences.items()
        for name in sorted(names.split())
    ]
    place = {owner: position for position, owner in enumerate(WORKING)}
    return tuple(sorted([*working, *refused], key=lambda member: place[member.owner]))


@cache
def refused_members(owner: str) -> Mapping[str, Member]:
    """The members of a class that are refused, by name."""
    return {member.name: member for member in members() if member.owner == owner and member.absence is not None}


class RefusesMembers:
    """Mixed into a class, it refuses what POT's class of the name ``historic_class`` had and this one has not.

    A subclass that replaces such a member is warned, since nothing calls it here.
    """

    historic_class: ClassVar[str]

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        for name in vars(cls).keys() & refused_members(cls.historic_class).keys():
            warn_caller(
                f"{cls.__name__} defines what nothing calls: {refused_members(cls.historic_class)[name].message}"
            )

    def __getattr__(self, name: str) -> Any:
        refused = refused_members(self.historic_class).get(name)
        if refused is not None:
            raise AttributeError(refused.message)
        inherited = getattr(super(), "__getattr__", None)
        if inherited is not None:
            return inherited(name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
