"""What a model consists of and what could be quantized, without data."""

from __future__ import annotations

from typing import Any

from openpot.api.quantize import plan_only
from openpot.api.quantize_arguments import IgnoredNames, TargetDevice
from openpot.api.run_settings import name_model
from openpot.errors import AlreadyQuantizedError
from openpot.graph.read import read_model
from openpot.measure.model_summary import summarize_model
from openpot.measure.planned_share import find_planned_share
from openpot.report.inspection import Inspection


def inspect(
    model: Any, *, target_device: TargetDevice = "CPU", ignored_scope: IgnoredNames = None, example_input: Any = None
) -> Inspection:
    """Look at a model: operations, sizes, inputs, what could be quantized on a device, whether it is already.

    Args:
        model: a path, an ``openvino.Model``, or a torch module with ``example_input``.
        target_device: what it would be quantized for.
        ignored_scope: operations that would stay in float, as :func:`openpot.quantize` takes them.
        example_input: what a torch module is called with.

    Raises:
        ConfigError: an argument is not possible.
        ModelError: the model cannot be read.
        FileError: a file is missing.
    """
    source = read_model(model, example_input=example_input)
    name = name_model(model, source)
    summary = summarize_model(source)
    try:
        plan = plan_only(source, target_device=target_device, ignored_scope=ignored_scope)
    except AlreadyQuantizedError as error:
        return Inspection(name, target_device, summary, quantized=str(error))
    return Inspection(name, target_device, summary, plan, find_planned_share(plan, [source]))
