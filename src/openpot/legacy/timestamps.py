"""POT's ``utils.timestamp``: the present time as a part of names of folders and files."""

from __future__ import annotations

from datetime import datetime


def get_timestamp() -> str:
    """Date and time to the second."""
    return datetime.now().strftime("%Y-%m-%d_%H-%M-%S")


def get_timestamp_precise() -> str:
    """Date and time to the microsecond."""
    return datetime.now().strftime("%Y-%m-%d_%H-%M-%S.%f")


def get_timestamp_short() -> str:
    """The time to the second."""
    return datetime.now().strftime("%H-%M-%S")
