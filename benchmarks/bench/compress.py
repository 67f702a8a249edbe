"""Weights alone, openpot beside NNCF, on the zoo's models.

    python compress.py [--tools nncf,openpot] [--settings int8,int4,...] [--out lines.jsonl] [t27_smollm2 | FOLDER ...]

For each model of a task (calibration and held-out inputs as bench.py prepares them), or of a folder with fp32.xml,
calib.npz and unseen.npz (as the sweep leaves them): size, loss on inputs of the
evaluation split in accuracy mode and with the runtime's own settings (compressed_loss.py), wall and processor time, and
peak memory above the loaded source. `int4-size` asks openpot for the size that NNCF's INT4_ASYM in groups of 64 takes,
`bits-3` to `bits-8` for so many bits per weight.
Interpreters and work files as in bench.py.
"""
import argparse
import json
import os
import subprocess
from pathlib import Path

from bench import HERE, PYTHON, WORK, ZOO, last_json, prepare

TASKS = ("t27_smollm2", "t26_whisper_tiny", "t06_minilm_l3_onnx")
FOUR_BITS = {"mode": "INT4_ASYM", "group_size": 64, "ratio": 1.0}
SETTINGS = {
    "nncf": {
        "int8": (False, {"mode": "INT8_ASYM"}),
        "int4": (False, FOUR_BITS),
        "int4-awq-scales": (True, FOUR_BITS | {"awq": True, "scale_estimation": True}),
        "int4-gptq": (True, FOUR_BITS | {"gptq": True}),
    },
    "openpot": {
        "int8": (False, {"weight_format": "int8_asym"}),
        "int4": (False, {"weight_format": "int4_asym", "group_size": 64}),
        "int4-data": (True, {"weight_format": "int4_asym", "group_size": 64}),
        "int4-size": (True, {"max_size": None}),
        **{f"bits-{bits}": (True, {"max_size": f"{bits} bits"}) for bits in (3, 3.5, 4, 5, 6, 8)},
    },
}
SCRIPTS = {"nncf": ("NNCF_PY", "compress_with_nncf.py"), "openpot": ("OPENPOT_PY", "compress_with_openpot.py")}


def held_out(task, key):
    path = WORK / f"{task}-100" / f"{task}.{key}.held_out.npz"
    if not path.exists():
        subprocess.run([PYTHON["ZOO_PY"], HERE / "held_out_inputs.py", task, path.parent], cwd=HERE, check=True,
                       env={**os.environ, "ZOO": str(ZOO)}, stdout=subprocess.DEVNULL)
    return path


def compress(tool, setting, xml, npz, sizes):
    """One line: how long it took and what it needed, and where the result is."""
    with_data, arguments = SETTINGS[tool][setting]
    if arguments.get("max_size", "") is None and "int4" not in sizes:
        return {"tool": tool, "setting": setting, "error": "NNCF made no model of this size", "path": ""}
    if arguments.get("max_size", "") is None:
        arguments = {"max_size": f"{sizes['int4']} MB"}
    interpreter, script = SCRIPTS[tool]
    out = xml.parent / "weights" / f"{xml.stem}.{tool}.{setting}.xml"
    out.parent.mkdir(exist_ok=True)
    command = [PYTHON[interpreter], HERE / script, xml, npz if with_data else "-", out, json.dumps(arguments)]
    return {"tool": tool, "setting": setting, **last_json(command, HERE), "path": str(out)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tasks", nargs="*", default=TASKS)
    parser.add_argument("--tools", default="nncf,openpot")
    parser.add_argument("--settings", help="default: all")
    parser.add_argument("--models", help="keys of the models of a task; default: all")
    parser.add_argument("--out")
    options = parser.parse_args()
    wanted = options.settings.split(",") if options.settings else None
    failed = False
    for task in options.tasks:
        for key, xml, npz in models_of(task):
            if options.models and key not in options.models.split(","):
                continue
            lines, sizes = [], known_sizes(xml)
            for tool in options.tools.split(","):
                for setting in SETTINGS[tool]:
                    if wanted is None or setting in wanted:
                        lines.append({"task": task, "model": key, **compress(tool, setting, xml, npz, sizes)})
                        sizes |= {setting: lines[-1]["mb"]} if tool == "nncf" and "mb" in lines[-1] else {}
            unseen = xml.parent / "unseen.npz" if xml.parent == Path(task) else held_out(task, key)
            failed |= report(lines, unseen, xml, options.out)
    raise SystemExit(failed)


def models_of(task):
    """Key, source and calibration inputs of each model."""
    if not Path(task).is_dir():
        return prepare(task, 100)[0]
    return [(Path(task).name, Path(task) / "fp32.xml", Path(task) / "calib.npz")]


def known_sizes(xml):
    """What NNCF made of the model in an earlier call."""
    made = xml.parent / "weights" / f"{xml.stem}.nncf.int4.bin"
    return {"int4": round(made.stat().st_size / 1e6, 2)} if made.exists() else {}


def report(lines, npz, xml, out):
    """Print the lines with the losses; whether one failed."""
    paths = [line["path"] for line in lines if "error" not in line]
    command = [PYTHON["NNCF_PY"], HERE / "compressed_loss.py", npz, xml, *paths]
    done = subprocess.run([str(part) for part in command], cwd=HERE, capture_output=True, text=True, check=True)
    losses = {loss.pop("path"): loss for loss in map(json.loads, done.stdout.splitlines())}
    for line in lines:
        text = json.dumps(line | losses.get(line.pop("path"), {}))
        print(text, flush=True)
        if out:
            with open(out, "a") as file:
                file.write(text + "\n")
    return any("error" in line for line in lines)


if __name__ == "__main__":
    main()
