"""Both quantizers on many architectures with random weights that were settled on data.

    python sweep.py [--only PATTERN] [--tools openpot,nncf] [--again] [--out results.jsonl]
    python sweep.py --table [--out results.jsonl]

Each step of each network (export, every tool, the measurement of what came out) is a process of its own with a time limit.
One JSON line a network; what is in the file already is not done again, unless asked for. Interpreters (environment
variables, default: this one): SWEEP_PY builds the networks (requirements.txt), TFLITE_PY those of Keras
(requirements-tflite.txt), NNCF_PY has nncf, OPENPOT_PY has openpot. Work files stay in $SWEEP_CACHE.
"""
import argparse
import json
import os
import re
import resource
import signal
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
WORK = Path(os.environ.get("SWEEP_CACHE") or Path.home() / ".cache" / "openpot-sweep").resolve()
PYTHON = {name: os.path.abspath(os.environ.get(name, sys.executable)) for name in ("SWEEP_PY", "TFLITE_PY", "NNCF_PY", "OPENPOT_PY")}
TOOLS = {"openpot": ("OPENPOT_PY", HERE / "quantize_with_openpot.py"), "nncf": ("NNCF_PY", HERE.parent / "bench" / "quantize_with_nncf.py")}
LIMIT, BUSY = 240, 4
"""Seconds of processor time that a step may take, and by how much longer it may last because others use the machine."""


def answer_of(*command):
    """The last JSON line that a command prints; its last words if it fails."""
    try:
        done = subprocess.run([str(part) for part in command], cwd=HERE, capture_output=True, text=True, timeout=BUSY * LIMIT,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (LIMIT, LIMIT)))
    except subprocess.TimeoutExpired:
        return {"error": f"not done after {BUSY * LIMIT} s"}
    if done.returncode == -signal.SIGKILL:
        return {"error": f"not done after {LIMIT} s of processor time"}
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or not lines:
        words = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        return {"error": (words or [f"exit code {done.returncode}"])[-1][:300], "trace": words[-12:]}
    return json.loads(lines[-1])


def exported(network, folder):
    """Why a network could not be built; None if it is there."""
    if (folder / "fp32.xml").exists():
        return None
    interpreter = PYTHON["TFLITE_PY" if network.front_end == "tflite" else "SWEEP_PY"]
    return answer_of(interpreter, HERE / "export.py", network.name, folder).get("error")


def row_of(network, tools):
    folder = WORK / re.sub(r"\W", "_", network.name)
    row = {"network": network.name, "tools": {}}
    error = exported(network, folder)
    if error:
        return row | {"not_built": error}
    for tool in tools:
        interpreter, script = TOOLS[tool]
        row["tools"][tool] = answer_of(PYTHON[interpreter], script, folder / "fp32.xml", folder / "calib.npz", folder / f"{tool}.xml")
    made = [tool for tool in tools if "error" not in row["tools"][tool]]
    if made:
        seen = answer_of(PYTHON["OPENPOT_PY"], HERE / "judge.py", folder / "fp32.xml", folder / "unseen.npz", *(folder / f"{tool}.xml" for tool in made))
        row["ms"] = seen.get("ms")
        for number, tool in enumerate(made):
            row["tools"][tool] |= {"judge_error": seen["error"]} if "error" in seen else seen["models"][number]
    return row


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="regular expression that the name must match somewhere")
    parser.add_argument("--tools", default="openpot,nncf")
    parser.add_argument("--again", action="store_true", help="also what the file has already; the last line of a network counts")
    parser.add_argument("--out", type=Path, default=WORK / "results.jsonl")
    parser.add_argument("--table", action="store_true", help="print the results and do nothing")
    options = parser.parse_args()
    if options.table:
        from table import print_table
        return print_table(options.out)
    from networks import NETWORKS
    WORK.mkdir(parents=True, exist_ok=True)
    done = {json.loads(line)["network"] for line in options.out.read_text().splitlines()} if options.out.exists() and not options.again else set()
    for name, network in NETWORKS.items():
        if name in done or not re.search(options.only, name):
            continue
        row = row_of(network, options.tools.split(","))
        with options.out.open("a") as file:
            file.write(json.dumps(row) + "\n")
        print(name, row.get("not_built") or {tool: one.get("error", one.get("db")) for tool, one in row["tools"].items()}, flush=True)


if __name__ == "__main__":
    main()
