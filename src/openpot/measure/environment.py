"""What OpenVINO finds on this machine: its version and the devices."""

from __future__ import annotations

import platform
from dataclasses import dataclass

import openvino as ov
from openpot.inference.compile import get_runtime
from openpot.installed_version import find_installed_version


@dataclass(frozen=True)
class Device:
    """One device: its short name, what it calls itself, and the types it computes with (``INT8``, ``BF16``...)."""

    name: str
    full_name: str
    capabilities: tuple[str, ...]


def read_openvino_version() -> str:
    """The version of the runtime, with its build."""
    return str(ov.get_version())


def list_devices() -> tuple[Device, ...]:
    """The devices that can calibrate and run models."""
    core = get_runtime()
    return tuple(
        Device(
            name,
            str(core.get_property(name, "FULL_DEVICE_NAME")).strip(),
            tuple(str(entry) for entry in core.get_property(name, "OPTIMIZATION_CAPABILITIES")),
        )
        for name in core.available_devices
    )


def list_versions() -> dict[str, str]:
    """What a result was made with."""
    return {
        "openpot": find_installed_version("openpot"),
        "openvino": read_openvino_version(),
        "numpy": find_installed_version("numpy"),
        "python": platform.python_version(),
    }
