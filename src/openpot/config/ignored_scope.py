"""What the user leaves in floating point: by name, by type of operation, or a whole model of a cascade."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

_FROZEN = ConfigDict(frozen=True, extra="forbid")


class IgnoredOperation(BaseModel):
    """All operations of one type, or those of them that have all of ``attributes``."""

    model_config = _FROZEN

    type: str
    attributes: Mapping[str, Any] | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        return {"type": value} if isinstance(value, str) else value


class IgnoredScope(BaseModel):
    """Operations of one model that are not quantized.

    ``scope`` holds full names; the path into a sub-graph body is joined by ``|`` (a list of names is accepted too).
    """

    model_config = _FROZEN

    skip_model: bool = False
    scope: tuple[str, ...] = ()
    operations: tuple[IgnoredOperation, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _from_names(cls, value: Any) -> Any:
        return {"scope": value} if isinstance(value, list | tuple | set | frozenset) else value

    @field_validator("scope", mode="before")
    @classmethod
    def _join_paths(cls, value: Any) -> Any:
        if not isinstance(value, list | tuple | set | frozenset):
            return value
        entries = sorted(value) if isinstance(value, set | frozenset) else value
        return tuple("|".join(entry) if _is_path(entry) else entry for entry in entries)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left out."""
        return not (self.skip_model or self.scope or self.operations)


class IgnoredScopes(BaseModel):
    """One ignored scope for every model of a cascade by its name, or one for all of them.

    The keys of a dict tell which: those of :class:`IgnoredScope`, or names of models.
    """

    model_config = _FROZEN

    everywhere: IgnoredScope = Field(default_factory=IgnoredScope)
    by_model: Mapping[str, IgnoredScope] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _sort_out(cls, value: Any) -> Any:
        if isinstance(value, IgnoredScopes):
            return value
        if isinstance(value, Mapping) and value:
            if set(value) <= set(IgnoredScopes.model_fields):
                return value  # a dump of this model
            are_scopes = all(isinstance(scope, Mapping | IgnoredScope) for scope in value.values())
            if are_scopes and not set(value) & set(IgnoredScope.model_fields):
                return {"by_model": value}
        return {"everywhere": value}

    def select_for(self, name: str | None = None) -> IgnoredScope:
        """The scope of the model ``name`` of a cascade, or of the only model."""
        return self.by_model.get(name or "", self.everywhere)


def _is_path(entry: Any) -> bool:
    return isinstance(entry, list | tuple) and all(isinstance(part, str) for part in entry)
