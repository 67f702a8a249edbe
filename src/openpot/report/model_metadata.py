"""What a saved model says about itself under ``rt_info/openpot``: how it was made, by what, from which source.

Only what is the same for equal runs: no paths, no times, nothing of the machine. Equal runs give equal bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from openpot.typing_aliases import JSONValue

SECTION = "openpot"
LEFT_OUT = frozenset({"model", "command", "processor", "int8_sums_can_saturate", "versions", "digests", "data_digest"})
"""Settings of the machine and of the call, and what is found out beside the model; versions and digests have entries of
their own."""


def describe_for_model(settings: Mapping[str, JSONValue]) -> dict[str, str]:
    """The entries as texts, by key: ``settings`` and ``versions`` as JSON, ``source_digest`` as hexadecimal digits."""
    options = {name: value for name, value in settings.items() if name not in LEFT_OUT}
    entries = {"settings": _write(options), "versions": _write(settings.get("versions") or {})}
    digests = settings.get("digests")
    if isinstance(digests, Mapping) and "model" in digests:
        entries["source_digest"] = str(digests["model"])
    return entries


def _write(value: JSONValue) -> str:
    return json.dumps(value, sort_keys=True)
