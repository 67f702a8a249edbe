"""Inputs of a task's models on its evaluation split: held_out_inputs.py TASK FOLDER [COUNT]. Runs in ZOO_PY.

Writes FOLDER/TASK.MODEL.held_out.npz for each model. Samples are taken at even distances from the calls that the
evaluation makes, until the model that is called least has been called COUNT times (16).
"""
import importlib
import os
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, os.environ.get("ZOO") or str(Path(__file__).resolve().parent.parent / "zoo"))
from calib import write_calib  # noqa: E402
from zoo_common import compile_infer  # noqa: E402


class Enough(Exception):
    pass


def record(infer, calls, all_calls, count):
    def call(inputs):
        calls.append({k: np.array(v) for k, v in inputs.items()} if isinstance(inputs, dict) else [np.array(inputs)])
        if min(len(made) for made in all_calls.values()) > count:
            raise Enough
        return infer(inputs)
    return call


name, folder, count = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 16
task = importlib.import_module(name).T()
models = task.models()
calls = {key: [] for key in models}
try:
    task.evaluate({key: record(compile_infer(model), calls[key], calls, count) for key, model in models.items()}, "eval")
except Enough:
    pass
for key, made in calls.items():
    places = np.linspace(0, len(made) - 1, min(count, len(made))).astype(int)
    write_calib(folder / f"{name}.{key}.held_out.npz", [made[place] for place in places])
