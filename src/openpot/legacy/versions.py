"""The version numbers that POT's functions returned."""

from __future__ import annotations

from importlib.metadata import version

INVALID_VERSION = "invalid version"
"""What POT returned for a broken installation; openpot never does."""


def get_version() -> str:
    """The version of openpot."""
    return version("openpot")


def get_ie_version() -> str:
    """The version of OpenVINO."""
    return version("openvino")
