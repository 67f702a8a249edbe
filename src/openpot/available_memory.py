"""How much memory this process may still take."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

try:
    import resource
except ImportError:  # Windows has no limits of this kind
    resource = None  # type: ignore[assignment]

_CGROUPS = Path("/sys/fs/cgroup")


def read_available_memory() -> int | None:
    """Bytes that are left: of the machine, of the container and of the limits of the process; None if not known."""
    return min(_list_rests(), default=None)


def read_address_space_left() -> int | None:
    """Bytes of address space that a limit (``ulimit -v``) leaves; None without one."""
    if resource is None:
        return None
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit == resource.RLIM_INFINITY:
        return None
    with suppress(OSError, ValueError, IndexError):
        used = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        return max(0, limit - used)
    return None


def _list_rests() -> Iterator[int]:
    with suppress(OSError):
        match = re.search(r"^MemAvailable:\s+(\d+) kB", Path("/proc/meminfo").read_text(), re.MULTILINE)
        if match:
            yield int(match[1]) * 1024
    with suppress(OSError, ValueError):
        group = Path("/proc/self/cgroup").read_text().strip().rpartition("::/")[2]
        for folder in {_CGROUPS / group, _CGROUPS}:
            with suppress(OSError, ValueError):
                limit = int((folder / "memory.max").read_text())
                yield max(0, limit - int((folder / "memory.current").read_text()))
    left = read_address_space_left()
    if left is not None:
        yield left
