"""Paths in a configuration; whether they exist is checked where the configuration is about to be run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, ValidationInfo

from openpot.errors import suggest_close_name

CHECK_PATHS: Mapping[str, bool] = {"check_paths": True}
"""Context of a validation that also looks whether files are there."""


def _require_existing(path: Path, info: ValidationInfo) -> Path:
    if (info.context or {}).get("check_paths") and not path.exists():
        beside = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
        raise ValueError(f"there is no file {str(path)!r}" + suggest_close_name(path.name, beside))
    return path


InputPath = Annotated[Path, AfterValidator(_require_existing)]
"""A file or folder that is read."""
