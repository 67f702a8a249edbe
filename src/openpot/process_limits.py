"""What a process gives up before it touches something that it does not trust: memory, time, room, the network."""

from __future__ import annotations

import ctypes
import math
import os
import signal
import time
from contextlib import suppress
from pathlib import Path

_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
"""Flags of ``unshare(2)``."""


def limit_process(memory: int, seconds: float, file_size: int) -> None:
    """Limit what this process may take from now on.

    Args:
        memory: bytes of address space, on top of what it has; only Linux tells that.
        seconds: of processor time; the signal SIGXCPU ends it then.
        file_size: bytes of each file that it writes; what goes beyond fails with EFBIG.
    """
    import resource  # there is none on Windows

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    last_second = math.ceil(time.process_time() + seconds)
    limits = {
        resource.RLIMIT_CPU: (last_second, last_second + 1),  # the second one would end it without a reason
        resource.RLIMIT_FSIZE: (file_size, file_size),
        resource.RLIMIT_CORE: (0, 0),
    }
    with suppress(OSError, ValueError, IndexError):
        used = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        limits[resource.RLIMIT_AS] = (used + memory, used + memory)
    for kind, (soft, hard) in limits.items():
        _, most = resource.getrlimit(kind)
        is_free = most == resource.RLIM_INFINITY
        resource.setrlimit(kind, (soft, hard) if is_free else (min(soft, most), min(hard, most)))


def leave_network() -> bool:
    """Move this process into a network of its own that reaches nothing; it must have one thread.

    Returns:
        Whether the system allows it: Linux, unless somebody forbade it.
    """
    unshare = getattr(ctypes.CDLL(None), "unshare", None)
    return unshare is not None and unshare(_NEW_USER | _NEW_NETWORK) == 0
