"""From a description for the Accuracy Checker to openpot's own: image classification, which most of them are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from openpot.errors import ConfigError
from openpot.job.checker_package import split_datasets

_ORDERS = {"bgr_to_rgb": "RGB", "rgb_to_bgr": "BGR", "bgr_to_gray": "grey", "rgb_to_gray": "grey"}
_READERS = {"opencv_imread": "BGR", "pillow_imread": "RGB"}
_KNOWN_KEYS = {
    "dataset": {
        "name", "data_source", "annotation_conversion", "annotation", "dataset_meta", "preprocessing", "metrics",
        "reader",
    },
    "conversion": {"converter", "annotation_file", "has_background", "labels_file", "dataset_meta_file"},
    "metric": {"name", "type", "top_k", "reference", "abs_threshold", "rel_threshold", "threshold", "presenter"},
}  # fmt: skip


class _Obstacles:
    """What cannot be said in openpot's words."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def add_unknown_keys(self, where: str, kind: str, section: Mapping[str, Any]) -> None:
        self.found += [f"{where}.{key}: has no counterpart" for key in section if key not in _KNOWN_KEYS[kind]]

    def refuse_if_any(self) -> None:
        if self.found:
            lines = "\n  ".join(self.found)
            raise ConfigError(
                f"these parts of the Accuracy Checker's description cannot be converted:\n  {lines}\nDescribe the data "
                "with engine.data.callable and the metric with engine.metrics[].callable ('module:function')"
            )


def convert_evaluation(described: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """``data`` and ``metrics`` of the section ``engine``, and notes for the reader.

    Args:
        described: ``launchers`` and ``datasets``.

    Raises:
        ConfigError: something has no counterpart; all of it is listed.
    """
    obstacles = _Obstacles()
    optimization, evaluation = split_datasets(described["datasets"])
    if optimization != evaluation:
        obstacles.found.append("datasets: different data sets calibrate and measure, openpot has one for both")
    launcher: Mapping[str, Any] = next(iter(described.get("launchers") or ()), {})
    adapter = launcher.get("adapter", "classification")
    kind = adapter.get("type") if isinstance(adapter, Mapping) else adapter
    if kind != "classification":
        obstacles.found.append(f"launchers[0].adapter: {kind!r} has no counterpart, only 'classification' has")
    obstacles.add_unknown_keys("datasets[0]", "dataset", evaluation)
    data = {
        "image_folder": str(evaluation.get("data_source", ".")),
        **_convert_annotations(evaluation, obstacles),
        **_convert_preprocessing(evaluation, obstacles),
    }
    metrics = _convert_metrics(evaluation.get("metrics") or (), obstacles)
    obstacles.refuse_if_any()
    return {"data": data, "metrics": metrics}, (
        "images are resized to the input of the model by openpot's own bilinear filter: metrics may move in the third "
        "digit",
    )


def _convert_annotations(dataset: Mapping[str, Any], obstacles: _Obstacles) -> dict[str, Any]:
    conversion = dataset.get("annotation_conversion")
    if not isinstance(conversion, Mapping):
        obstacles.found.append("datasets[0].annotation_conversion: needed, converted annotations are pickles")
        return {}
    if conversion.get("converter") != "imagenet":
        obstacles.found.append(
            f"datasets[0].annotation_conversion.converter: {conversion.get('converter')!r} has no counterpart, only "
            "'imagenet' (lines 'name label') has"
        )
        return {}
    obstacles.add_unknown_keys("datasets[0].annotation_conversion", "conversion", conversion)
    offset = {"label_offset": 1} if conversion.get("has_background") else {}
    return {"annotations": str(conversion.get("annotation_file")), **offset}


def _convert_preprocessing(dataset: Mapping[str, Any], obstacles: _Obstacles) -> dict[str, Any]:
    """The steps as one description: colours, proportions, share, mean and scale."""
    reader = dataset.get("reader", "opencv_imread")
    reader = reader.get("type") if isinstance(reader, Mapping) else reader
    if reader not in _READERS:
        obstacles.found.append(f"datasets[0].reader: {reader!r} has no counterpart")
    order = _READERS.get(str(reader), "BGR")
    content: dict[str, Any] = {"mean": [], "scale": [], "keeps_aspect_ratio": False}
    resized: Any = None
    for position, step in enumerate(dataset.get("preprocessing") or ()):
        where, kind = f"datasets[0].preprocessing[{position}]", step.get("type")
        if kind in _ORDERS:
            swapped = {order, _ORDERS[kind]} == {"RGB", "BGR"}
            order = _ORDERS[kind]
            content |= {key: content[key][::-1] for key in ("mean", "scale") if swapped}
        elif kind == "resize":
            resized = _read_size(step)
            content["keeps_aspect_ratio"] = step.get("aspect_ratio_scale") == "greater"
        elif kind == "crop":
            content |= _convert_crop(where, step, resized, obstacles)
        elif kind == "normalization":
            channels = 1 if order == "grey" else 3
            content |= {
                "mean": _spread_over_channels(f"{where}.mean", step.get("mean"), channels, obstacles),
                "scale": _spread_over_channels(f"{where}.std", step.get("std"), channels, obstacles),
            }
        else:
            obstacles.found.append(f"{where}: {kind!r} has no counterpart")
    return {"channel_order": order, **content}


def _read_size(step: Mapping[str, Any]) -> tuple[Any, Any]:
    return step.get("dst_height", step.get("size")), step.get("dst_width", step.get("size"))


def _convert_crop(where: str, step: Mapping[str, Any], resized: Any, obstacles: _Obstacles) -> dict[str, Any]:
    if "central_fraction" in step:
        return {"central_fraction": step["central_fraction"]}
    height, width = _read_size(step)
    if not resized or None in (*resized, height, width) or height / resized[0] != width / resized[1]:
        obstacles.found.append(f"{where}: a crop without a resize to the same proportions before it has no counterpart")
        return {}
    return {} if height == resized[0] else {"central_fraction": height / resized[0]}


def _spread_over_channels(where: str, value: Any, channels: int, obstacles: _Obstacles) -> list[float]:
    if value is None:
        return []
    parts: Sequence[Any] = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else [value]
    try:
        numbers = [float(str(part).strip(" ()")) for part in parts]
    except ValueError:
        obstacles.found.append(f"{where}: {value!r} is no number or list of numbers")
        return []
    return numbers * channels if len(numbers) == 1 else numbers


def _convert_metrics(metrics: Sequence[Mapping[str, Any]], obstacles: _Obstacles) -> list[dict[str, Any]]:
    entries = []
    for position, metric in enumerate(metrics):
        where = f"datasets[0].metrics[{position}]"
        if metric.get("type") != "accuracy":
            obstacles.found.append(f"{where}: {metric.get('type')!r} has no counterpart, only 'accuracy' has")
            continue
        obstacles.add_unknown_keys(where, "metric", metric)
        entries.append({"name": "accuracy", "k": metric.get("top_k", 1)})
    return entries
