"""A model as it comes back from its file: what is measured has to be what is saved."""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import openvino as ov
from openpot.errors import OpenPotWarning

if TYPE_CHECKING:
    from openpot.graph.types import Model

_IN_MEMORY = {"ENABLE_MMAP": False}
"""The file goes, the model stays."""


def read_back(model: Model) -> Model:
    """Write a model to a temporary file and read it.

    What only models in memory carry (attributes of nodes, types of metadata) is gone then. Where there is no room for
    the file, a warning says so and ``model`` itself comes back.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="openpot-") as folder:
            xml = Path(folder) / "model.xml"
            ov.save_model(model, str(xml), compress_to_fp16=False)
            return ov.Core().read_model(str(xml), config=_IN_MEMORY)
    except (OSError, RuntimeError) as error:
        reason = str(error).strip().splitlines()[-1] if str(error).strip() else type(error).__name__
        text = f"the result could not be written to a temporary file and read back, it is measured as it is: {reason}"
        warnings.warn(text, OpenPotWarning, stacklevel=2)
        return model
