"""A metric as a text: ``accuracy``, with parameters ``accuracy,k=5``, or ``module:callable``."""

from __future__ import annotations

import json
from typing import Any

from openpot.data.metric import Metric
from openpot.errors import ConfigError

_RESERVED = ("name", "callable", "higher_better")


def split_metric_text(text: str) -> tuple[str, dict[str, Any]]:
    """The name of a metric and its parameters.

    Raises:
        ConfigError: a parameter is not written as ``name=value``.
    """
    name, *settings = (part.strip() for part in text.split(","))
    parameters: dict[str, Any] = {}
    for setting in settings:
        key, separator, value = setting.partition("=")
        if not separator or key.strip() in _RESERVED:
            raise ConfigError(f"metric {text!r}: expected NAME,PARAMETER=VALUE,... or module:callable, got {setting!r}")
        parameters[key.strip()] = _parse_value(value.strip())
    return name, parameters


def metric_by_text(text: str) -> Metric:
    """The ready-made metric that a text names.

    Raises:
        UnknownNameError: there is no such metric or parameter.
        ConfigError: a parameter is not possible or not written as ``name=value``.
        MissingExtraError: the library that computes it is not installed.
    """
    from openpot.data.metric_names import metric_by_name  # with every ready-made metric

    name, parameters = split_metric_text(text)
    return metric_by_name(name, **parameters)


def _parse_value(value: str) -> Any:
    """A number, true or false, or else the text."""
    try:
        return json.loads(value)
    except ValueError:
        return value
