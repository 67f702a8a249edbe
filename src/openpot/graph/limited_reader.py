"""The process that reads a model of unknown origin: ``python -m openpot.graph.limited_reader REQUEST``.

It gives up what it does not need before the file is opened: memory, time, the size of files, the network where the
system lets it. What it read goes as IR into the folder of the request; what went wrong, and what there is to warn of,
into ``answer.json`` beside it. See :mod:`openpot.graph.read_untrusted`.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path

import openvino as ov
from openpot.errors import OpenPotError, OpenPotWarning, OutOfMemoryError
from openpot.graph.read import read_model
from openpot.graph.read_untrusted import ANSWER, STEM
from openpot.memory_errors import is_out_of_memory
from openpot.process_limits import leave_network, limit_process


def main(request: str) -> None:
    """Read a model as a request says, ``{"model", "weights", "folder", "memory", "seconds", "file_size"}`` in JSON."""
    wanted = json.loads(request)
    answer = Path(wanted["folder"]) / ANSWER
    leave_network()
    limit_process(wanted["memory"], wanted["seconds"], wanted["file_size"])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        failure = _read_and_save(wanted["model"], wanted["weights"], answer.with_name(f"{STEM}.xml"))
    texts = [str(entry.message) for entry in caught if issubclass(entry.category, OpenPotWarning)]
    answer.write_text(json.dumps({"warnings": texts, **failure}))


def _read_and_save(model: str, weights: str | None, xml: Path) -> dict[str, str]:
    """What went wrong, as the name of an error and its text; empty if nothing did."""
    try:
        ov.save_model(read_model(model, weights), str(xml), compress_to_fp16=False)
    except OpenPotError as error:
        kind = OutOfMemoryError if is_out_of_memory(error) else type(error)
        return {"error": kind.__name__, "text": str(error)}
    except Exception as error:
        kind_name = OutOfMemoryError.__name__ if is_out_of_memory(error) else "ModelError"
        return {"error": kind_name, "text": f"{type(error).__name__}: {error}"}
    return {}


if __name__ == "__main__":
    main(sys.argv[1])
