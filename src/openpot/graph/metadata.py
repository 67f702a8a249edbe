"""Reading what is written about a model under its ``rt_info``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openpot.graph.types import Model

MODEL_INFO = "model_info"
_FROM_ONNX = "framework"
"""Where OpenVINO puts the metadata of an ONNX file, in which the entries are called ``model_info scale_values``..."""


def model_info(model: Model) -> dict[str, Any]:
    """The section ``model_info``: numbers, truth values and lists in a model that was made in memory, else texts."""
    prefix = f"{MODEL_INFO} "
    from_onnx = {
        name.removeprefix(prefix): value
        for name, value in section(model, _FROM_ONNX).items()
        if name.startswith(prefix)
    }
    return {**from_onnx, **section(model, MODEL_INFO)}


def section(model: Model, name: str) -> dict[str, Any]:
    """One section of the metadata; empty if there is none."""
    if not model.has_rt_info([name]):
        return {}
    value = model.get_rt_info([name]).value
    return {str(key): getattr(entry, "value", entry) for key, entry in value.items()} if isinstance(value, dict) else {}
