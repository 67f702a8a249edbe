"""Importing ``openvino`` starts its telemetry: it looks up an analytics host and writes into the home folder.

Imported before ``openvino``, this module keeps that from happening: OpenVINO takes its stub, as if the package
``openvino_telemetry`` were not installed. Where the program has imported ``openvino`` already, the choice was its own.
"""

from __future__ import annotations

import sys

if "openvino" not in sys.modules:
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
