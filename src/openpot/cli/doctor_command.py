"""``openpot doctor``: versions, devices, and what matters about the processor."""

from __future__ import annotations

import json
import platform
from typing import TYPE_CHECKING, Annotated

import typer

from openpot.cli.exit_codes import readable_errors
from openpot.cli.messages import write_result

if TYPE_CHECKING:
    from openpot.typing_aliases import JSONValue


def doctor_command(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error came from.")] = False,
) -> None:
    """Show versions and devices, for a first look and for bug reports: ``openpot doctor --json``."""
    with readable_errors(debug):
        facts = collect_machine_facts()
        write_result(json.dumps(facts, indent=2) if as_json else format_facts(facts))


def collect_machine_facts() -> dict[str, JSONValue]:
    """What a bug report should say about the machine."""
    from openpot.installed_version import find_installed_version
    from openpot.measure.environment import list_devices, read_openvino_version
    from openpot.measure.instruction_set import has_int8_saturation

    return {
        "openpot": find_installed_version("openpot"),
        "openvino": read_openvino_version(),
        "numpy": find_installed_version("numpy"),
        "python": platform.python_version(),
        "system": platform.platform(),
        "int8_sums_can_saturate": has_int8_saturation(),
        "devices": [
            {"name": device.name, "full_name": device.full_name, "capabilities": list(device.capabilities)}
            for device in list_devices()
        ],
    }


def format_facts(facts: dict[str, JSONValue]) -> str:
    """One line for each fact, then one for each device."""
    lines = [f"{name:24}{value}" for name, value in facts.items() if name not in ("devices", "int8_sums_can_saturate")]
    saturation = "yes (no VNNI: the first layer's weights are kept small)" if facts["int8_sums_can_saturate"] else "no"
    lines.append(f"{'INT8 sums can saturate':24}{saturation}")
    devices = facts["devices"]
    for device in devices if isinstance(devices, list) else []:
        if isinstance(device, dict):
            capabilities = device["capabilities"]
            shown = ", ".join(map(str, capabilities)) if isinstance(capabilities, list) else ""
            lines.append(f"{device['name']!s:24}{device['full_name']} ({shown})")
    return "\n".join(lines)
