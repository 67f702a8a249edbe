"""What a model says itself about the order of the axes of its inputs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from openpot.inference.model_inputs import describe_inputs

if TYPE_CHECKING:
    from openpot.graph.types import Model


def list_declared_layouts(model: Model) -> dict[str, str]:
    """``{name of the input: 'NCHW'}`` for inputs whose layout is declared in full."""
    layouts = {}
    for description, parameter in zip(describe_inputs(model), model.get_parameters(), strict=True):
        letters = re.sub(r"[^A-Z]", "", str(parameter.get_layout()).upper())
        if set("CHW") <= set(letters):
            layouts[description.name] = letters
    return layouts
