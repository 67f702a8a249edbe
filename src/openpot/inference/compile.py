"""Compiling a model for a device: the device is there, and FP32 means FP32.

On CPUs with bfloat16 arithmetic the runtime's default is not FP32, and weight-compressed MatMuls get dynamically
quantized activations; ``EXECUTION_MODE_HINT=ACCURACY`` turns off both.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

import openvino as ov
from openpot.errors import DeviceError, ModelError
from openpot.graph.build import model_with_f32_borders

if TYPE_CHECKING:
    from openpot.graph.types import CompiledModel, Model

REFERENCE_PROPERTIES: Mapping[str, str] = {
    "EXECUTION_MODE_HINT": "ACCURACY",
    "INFERENCE_PRECISION_HINT": "f32",
    "PERFORMANCE_HINT": "THROUGHPUT",
}
"""For calibration and for every comparison: exact FP32, many inferences at once."""

MAX_STREAMS = 32
"""Each stream has the activations of an inference of its own in memory."""

NO_INT8_KERNELS: Mapping[str, object] = {"LP_TRANSFORMS_MODE": False}
"""A hint for graphs with FakeQuantize that are to compute in float: the CPU plugin looks for no INT8 kernels."""

Compile: TypeAlias = "Callable[[Model, str], CompiledModel]"
"""Gives a model compiled for a device with exact FP32: :func:`compile_model`, or what remembers its answers."""

_VIRTUAL_DEVICES = ("AUTO", "MULTI", "HETERO", "BATCH")


@lru_cache(maxsize=1)
def get_runtime() -> ov.Core:
    """The OpenVINO runtime of this process, made when it is first needed."""
    return ov.Core()


def check_device(device: object) -> str:
    """The name of a device in the runtime's spelling, if the device is on this machine.

    Args:
        device: ``CPU``, ``GPU``, ``GPU.1``, ``NPU``, ``AUTO``, ``HETERO:GPU,CPU``...; case does not matter.

    Raises:
        DeviceError: it is not there; the message lists the devices that are.
    """
    available = list(get_runtime().available_devices)
    shown = ", ".join(available) or "none"
    if not isinstance(device, str) or not device:
        raise DeviceError(f"expected the name of a device, got {device!r}; available: {shown}")
    name, _, parts = device.upper().partition(":")
    if name in _VIRTUAL_DEVICES:
        wanted = [part.split("(")[0].strip().lstrip("-") for part in parts.split(",") if part]
    else:
        wanted = [name]
    missing = [part for part in wanted if not any(part == entry or entry.startswith(f"{part}.") for entry in available)]
    # The runtime lists a single GPU as "GPU", and "GPU.0" means the same one.
    missing = [part for part in missing if not (part.endswith(".0") and part[:-2] in available)]
    if missing or (parts and name not in _VIRTUAL_DEVICES):
        raise DeviceError(
            f"the device {device!r} is not on this machine; available: {shown}. Calibration needs a device that is "
            "here; the target device of the quantized model is set apart from it (target_device)"
        )
    return device.upper()


def compile_model(
    model: Model,
    device: str,
    properties: Mapping[str, object] | None = None,
    hints: Mapping[str, object] | None = None,
) -> CompiledModel:
    """Compile ``model`` for ``device``, with exact FP32 arithmetic unless ``properties`` say otherwise.

    Properties that the device does not know are left out. ``hints`` are properties that it does not list: they change
    how fast something is, and are left out if it refuses them. Inputs and outputs of bf16 are f32 in what is compiled,
    for NumPy has no such type, and the runtime's views of such tensors show wrong numbers.

    Raises:
        DeviceError: the device is not on this machine.
        ModelError: the device cannot compile the model.
    """
    name = check_device(device)
    wanted = dict(REFERENCE_PROPERTIES if properties is None else properties)
    known = _list_supported_properties(name)
    if name == "CPU" and wanted.items() >= REFERENCE_PROPERTIES.items():
        wanted = {**_give_streams_one_thread(), **wanted}
    usable = {key: value for key, value in wanted.items() if known is None or key in known}
    readable = model_with_f32_borders(model, "bf16")
    if hints:
        with contextlib.suppress(RuntimeError):
            return get_runtime().compile_model(readable, name, {**usable, **hints})
    try:
        return get_runtime().compile_model(readable, name, usable)
    except RuntimeError as error:
        raise ModelError(
            f"{name} cannot compile the model {model.get_friendly_name()!r}: {shorten_runtime_message(error)}"
        ) from error


def _give_streams_one_thread() -> dict[str, str]:
    """As many streams as processors, of one thread each.

    Some kernels add in another order with another number of threads (MVN over channels, GroupNormalization), so that
    results would depend on how many processors a machine has.
    """
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    streams = str(min(processors, MAX_STREAMS))
    return {"NUM_STREAMS": streams, "INFERENCE_NUM_THREADS": streams}


def read_optimal_requests(compiled: CompiledModel) -> int:
    """How many inferences should be under way at once."""
    return max(1, int(compiled.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS")))


def read_default_precision(device: str) -> str:
    """The type that a device computes float operations in unless it is told otherwise (``f32``, ``bf16``...)."""
    try:
        return str(get_runtime().get_property(check_device(device), "INFERENCE_PRECISION_HINT").to_string())
    except (RuntimeError, AttributeError):
        return "f32"  # a virtual device, or one that has no choice


def shorten_runtime_message(error: BaseException) -> str:
    """The sentence of a runtime error without the C++ files that it passed through."""
    lines = [line.strip() for line in str(error).splitlines()]
    telling = [line for line in lines if line and not line.startswith(("Exception from ", "Caught exception:", "[..."))]
    return " ".join(telling[:3]) if telling else type(error).__name__


def _list_supported_properties(device: str) -> frozenset[str] | None:
    """Names of the properties that a device takes; None for virtual devices, which pass them on."""
    if device.partition(":")[0] in _VIRTUAL_DEVICES:
        return None
    return frozenset(str(name) for name in get_runtime().get_property(device, "SUPPORTED_PROPERTIES"))
