"""Cases that need a process of their own: commands, signals, limits."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

import openvino as ov

from .cases import Ending
from .toys import distance, network, samples

HERE = Path(__file__).resolve().parent.parent


def prepare(folder, model=None, count=8, make=samples):
    """A model and an archive of samples on disk."""
    folder.mkdir(parents=True, exist_ok=True)
    ov.save_model(network() if model is None else model, str(folder / "model.xml"), compress_to_fp16=False)
    np.savez(folder / "data.npz", data=np.concatenate(make(count)))
    return folder / "model.xml", folder / "data.npz"


def run_command(words, folder, seconds=50, ending=None, **choices):
    """Run a command in a folder; ``ending`` says what its success is worth beyond exit code 0."""
    try:
        done = subprocess.run(list(map(str, words)), cwd=folder, capture_output=True, text=True, errors="replace", timeout=seconds, stdin=subprocess.DEVNULL, **choices)
    except subprocess.TimeoutExpired as expired:
        return Ending("hanging", str(expired.stderr))
    said = done.stderr + done.stdout
    if done.returncode < 0:
        return Ending("killed", f"{said}\n{signal.Signals(-done.returncode).name}", done.returncode)
    if done.returncode in (0, 3, 7):
        return ending(said, done.returncode) if ending else Ending("done", said, done.returncode)
    return Ending("refused", said, done.returncode)


def run_script(tool, text, folder, seconds=50, **choices):
    """Run a Python script that has ``tool``, ``toys`` and ``folder``."""
    head = f"import sys\nsys.path.insert(0, {str(HERE)!r})\nfrom pathlib import Path\nimport numpy as np, openvino as ov, time, os\nfrom reliability_card import toys, {tool.NAME}_driver as tool\nfolder = Path({str(folder)!r})\n"
    interpreter = choices.pop("interpreter", [sys.executable])
    return run_command([*interpreter, "-c", head + text], folder, seconds, **choices)


def start_script(tool, text, folder, **choices):
    head = f"import sys\nsys.path.insert(0, {str(HERE)!r})\nfrom pathlib import Path\nimport numpy as np, openvino as ov, time, os\nfrom reliability_card import toys, {tool.NAME}_driver as tool\nfolder = Path({str(folder)!r})\n"
    return subprocess.Popen([sys.executable, "-c", head + text], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **choices)


def hashes(folder):
    """SHA-256 of every file below a folder."""
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.rglob("*")) if path.is_file()}


def digest(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def wait_for(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.005)
    return True


def saved_distance(folder):
    """Distance of a saved toy from the float one."""
    return distance(ov.Core().read_model(str(folder / "model.xml")), network())


def is_root():
    return os.geteuid() == 0
