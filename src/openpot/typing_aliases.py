"""Short names for the types that most signatures share."""

from __future__ import annotations

from os import PathLike
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]
FloatArray: TypeAlias = npt.NDArray[np.floating[Any]]
JSONValue: TypeAlias = "dict[str, JSONValue] | list[JSONValue] | str | int | float | bool | None"
StrPath: TypeAlias = "str | PathLike[str]"
