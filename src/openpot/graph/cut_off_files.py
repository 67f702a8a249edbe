"""Why OpenVINO could not read an IR: a download or a copy that ended too early is the usual reason."""

from __future__ import annotations

import re
from pathlib import Path

_CONSTANT = re.compile(rb'<data\b[^>]*\boffset="(\d+)"[^>]*\bsize="(\d+)"')
AGAIN = "copy or download it again"


def find_cut_off(xml: Path, weights: Path | None) -> str | None:
    """A sentence about a file that ends too early; None if neither does."""
    text = xml.read_bytes()
    if not text.rstrip().endswith(b"</net>"):
        return f"{str(xml)!r} is cut off: it does not end with </net>; {AGAIN}"
    ends = [int(offset) + int(size) for offset, size in _CONSTANT.findall(text)]
    if weights is None or not weights.is_file() or not ends:
        return None
    given, needed = weights.stat().st_size, max(ends)
    if given >= needed:
        return None
    return f"{str(weights)!r} is cut off: it has {given:,} bytes, and the model needs {needed:,}; {AGAIN}"
