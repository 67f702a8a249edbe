"""Data of layers for Model Explorer, which colours the nodes of a graph by them.

The form is that of Model Explorer's custom node data: for each graph a name for what is shown, values by node, and
colours by value.
"""

from __future__ import annotations

from openpot.measure.executed_graph import Arithmetic
from openpot.report.run_record import RunRecord
from openpot.typing_aliases import JSONValue

GRAPH = "main_graph"
_COLOURS: dict[Arithmetic | None, str] = {
    Arithmetic.INT8: "#2f6fde",
    Arithmetic.WEIGHT_ONLY: "#7fb0ff",
    Arithmetic.FLOAT: "#b9c2ce",
    None: "#d9a441",
}
_GRADIENT: tuple[JSONValue, ...] = ({"stop": 0, "bgColor": "#ffffff"}, {"stop": 1, "bgColor": "#c9483f"})


def make_overlays(run: RunRecord) -> dict[str, JSONValue]:
    """Node data by the name of what they show: what layers compute in, and their errors if these were asked for."""
    precision: dict[str, JSONValue] = {
        layer.operation: {
            "value": layer.precision or str(layer.arithmetic or "not known"),
            "bgColor": _COLOURS[layer.arithmetic],
        }
        for layer in run.layers
    }
    overlays: dict[str, JSONValue] = {"precision": {GRAPH: {"results": precision}}}
    noise = () if run.examination is None else run.examination.layers
    for name in ("contributed", "accumulated"):
        errors = {record.layer: getattr(record, name) for record in noise}
        results: dict[str, JSONValue] = {
            layer: {"value": error} for layer, error in errors.items() if error is not None
        }
        if results:
            overlays[f"error {name}"] = {GRAPH: {"results": results, "gradient": list(_GRADIENT)}}
    return overlays
