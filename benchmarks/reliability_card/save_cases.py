"""Part S: saving, and what lies on the disk meanwhile."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import threading
import time

import openvino as ov

from .cases import FAILED, Ending, case
from .processes import digest, hashes, is_root, prepare, run_command, run_script, saved_distance, start_script, wait_for
from .toys import large_network, network, samples

SAVE_LARGE = "model = toys.large_network({seed_change})\ntool.save(model, folder / 'out')\n"


def whole(folder):
    """Whether model.xml and model.bin can be read together."""
    try:
        return bool(ov.Core().compile_model(str(folder / "model.xml"), "CPU"))
    except RuntimeError:
        return False


def kill_while_saving(tool, folder, delay, signal_number=signal.SIGKILL):
    """The old model is there and whole, or the new one is."""
    text = "import numpy as np\nmodel = toys.large_network()\n(folder / 'ready').touch()\ntool.save(model, folder / 'out')\n(folder / 'done').touch()\n"
    tool.save(network(), folder / "out")
    old = hashes(folder / "out")
    child = start_script(tool, text, folder)
    wait_for((folder / "ready").exists)
    time.sleep(delay)
    child.send_signal(signal_number)
    child.wait()
    now = {name: value for name, value in hashes(folder / "out").items() if name.startswith("model.")}
    if now == old or whole(folder / "out"):
        return None
    return f"killed after {delay} s: neither the old nor the new model"


@case("S01", "kill -9 while saving over a good model", must_end="done", quick=False, seconds=90)
def killed(tool, folder):
    for number, delay in enumerate((0.02, 0.06, 0.12, 0.2)):
        (folder / str(number)).mkdir()
        damage = kill_while_saving(tool, folder / str(number), delay)
        if damage:
            return Ending("damage", damage)
    return Ending("done")


@case("S02", "a limit of the size of files, over a good model", "out", "bytes", must_end="refused", quick=False)
def full(tool, folder):
    tool.save(network(), folder / "out")
    old = hashes(folder / "out")
    limit = "import resource, signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\nresource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))\n"
    ending = run_script(tool, f"model = toys.large_network()\n{limit}tool.save(model, folder / 'out')\n", folder)
    return ending_of_save(ending, folder / "out", old)


def ending_of_save(ending, out, old):
    """An exit code 1 of a script with a traceback is judged by the message alone."""
    now = hashes(out)
    if {name: now.get(name) for name in old} != old:
        return Ending("damage", "the old model was altered\n" + ending.text)
    if ending.outcome == "refused":
        ending.exit_code = 6
    return ending


@case("S03", "saving onto the file that the model was read from", must_end="done", quick=False)
def onto_itself(tool, folder):
    tool.save(network(), folder / "out")
    text = "model = tool.read(folder / 'out' / 'model.xml')\nmade = tool.quantize(model, toys.samples())\ntool.save(made, folder / 'out')\n"
    ending = run_script(tool, text, folder)
    if ending.outcome != "done":
        return ending
    return Ending("done", distance=saved_distance(folder / "out"))


@case("S04", "two processes save to one place", must_end="done", quick=False, seconds=120)
def two_writers(tool, folder):
    text = """
rng = np.random.default_rng(0)
from openvino import opset13 as op
x = data = op.parameter([1, 512], np.float32, name="data")
for number in range(12):
    x = op.matmul(x, op.constant(np.full((512, 512), {value}, np.float32), name=f"weights{{number}}"), False, False)
model = ov.Model([op.result(x)], [data], "large")
(folder / "ready{value}").touch()
while not (folder / "go").exists():
    time.sleep(0.001)
tool.save(model, folder / "out")
"""
    for number in range(4):
        home = folder / str(number)
        home.mkdir()
        writers = [start_script(tool, text.format(value=value), home) for value in (1, 2)]
        wait_for(lambda: (home / "ready1").exists() and (home / "ready2").exists())
        (home / "go").touch()
        for writer in writers:
            writer.wait()
        try:
            model = ov.Core().read_model(str(home / "out" / "model.xml"))
        except RuntimeError as error:
            return Ending("damage", f"what was saved cannot be read: {error}")
        values = {float(value) for node in model.get_ops() if node.get_type_name() == "Constant" and node.data.size > 1000 for value in (node.data.min(), node.data.max())}
        if len(values) != 1:
            return Ending("damage", "weights of both models are mixed")
    return Ending("done")


@case("S05", "a folder that takes no files, before data are read", "out", must_end="refused", quick=False)
def read_only(tool, folder):
    model, data = prepare(folder)
    place = "/proc/out" if is_root() else folder / "out"
    if not is_root():
        place.mkdir(mode=0o500)
    return run_command(tool.quantize_command(model, data, place), folder)


@case("S06", "a file where the folder should be", "out", "file", must_end="refused", quick=False)
def file_in_the_way(tool, folder):
    model, data = prepare(folder)
    (folder / "out").write_text("kept")
    ending = run_command(tool.quantize_command(model, data, folder / "out"), folder)
    return ending if (folder / "out").read_text() == "kept" else Ending("damage", "the file is gone")


@case("S07", "a name of 300 characters", "long|characters", must_end="refused", quick=False)
def long_name(tool, folder):
    model, data = prepare(folder)
    return run_command(tool.quantize_command(model, data, folder / ("x" * 300)), folder)


@case("S08", "NUL in a name", "nul|null", must_end="refused", only="openpot")
def nul_in_name(tool, folder):
    from openpot import save_model
    from openpot.graph.model import CompressedModel

    save_model(CompressedModel(graph=network()), str(folder / "a\0b"), model_name="model")


@case("S09", "the output folder becomes a file during the run", "out", must_end="done", silent=FAILED, only="openpot", quick=False)
def replaced(tool, folder):
    """The finished model must lie somewhere, and the message must say where."""
    return vanished_output(tool, folder, "out.rmdir() if out.exists() else None\n        out.write_text('x')")


@case("S10", "the output folder vanishes during the run", must_end="done", only="openpot", quick=False)
def vanished(tool, folder):
    return vanished_output(tool, folder, "import shutil; shutil.rmtree(out, ignore_errors=True)")


def vanished_output(tool, folder, act):
    model, _ = prepare(folder)
    (folder / "late_data.py").write_text(f"""
import numpy as np, pathlib
out = pathlib.Path({str(folder / "out")!r})
class Late:
    def __len__(self):
        return 8
    def __getitem__(self, number):
        if number == 7 and not out.is_file():
            self.act()
        return np.random.default_rng(number).standard_normal((1, 3, 16, 16)).astype(np.float32) + 0.3
    def act(self):
        {act}
def data():
    return Late()
""")
    ending = run_command(tool.quantize_command(model, "late_data:data", folder / "out"), folder)
    places = [path for path in folder.rglob("*.xml") if path != model and path.with_suffix(".bin").exists()]
    if not places:
        return Ending("damage", "the finished model is nowhere\n" + ending.text)
    ending.distance = saved_distance(places[0].parent) if places[0].name == "model.xml" else None
    if ending.outcome == "refused" and str(places[0].parent) in ending.text.replace("\n", ""):
        ending.outcome = "done"
    return ending


@case("S11", "the disk is too small for the result, before data are read", "bytes", "free", must_end="refused", only="openpot")
def too_small(tool, folder):
    import shutil
    from unittest import mock

    from typer.testing import CliRunner

    from openpot.cli.main import app

    model, data = prepare(folder)
    usage = shutil._ntuple_diskusage(1 << 30, 1 << 30, 1000)
    opened = []
    with mock.patch("shutil.disk_usage", return_value=usage), mock.patch("openpot.cli.quantize_run.open_data_of_option", side_effect=lambda *_, **__: opened.append(1)):
        done = CliRunner().invoke(app, ["quantize", str(model), "--data", str(data), "--output", str(folder / "out")])
    if opened:
        return Ending("done", "refused after the data were opened")
    return Ending("refused" if done.exit_code else "done", done.output, done.exit_code)


def fail_at(tool, folder, function, error="OSError(5, 'Input/output error')", most=40):
    """Fail the n-th call of a function of ``os`` while saving over an old result, for every n."""
    import openpot

    first = openpot.quantize(network(1), samples())
    second = openpot.quantize(network(2), samples())
    for number in range(most):
        out = folder / f"{function}{number}"
        first.save(out)
        old = hashes(out)
        real, calls = getattr(os, function), []

        def failing(*arguments, **choices):
            calls.append(1)
            if len(calls) == number + 1:
                raise OSError(5, "Input/output error")
            return real(*arguments, **choices)

        setattr(os, function, failing)
        try:
            second.save(out)
            is_done = True
        except openpot.OpenPotError as problem:
            is_done, said = False, str(problem)
        finally:
            setattr(os, function, real)
        now = hashes(out)
        try:
            openpot.verify(out) if hasattr(openpot, "verify") else __import__("openpot.saved_files").saved_files.verify_saved(out)
        except openpot.OpenPotError as problem:
            return Ending("damage", f"after failure {number} of os.{function}: {problem}")
        if is_done and len(calls) <= number:
            return Ending("done", f"{number} calls")
        if not is_done and now != old:
            return Ending("damage", f"failure {number} of os.{function} altered the old result")
        if not is_done and "out" not in said and str(out) not in said:
            return Ending("refused", said, 1)
    return Ending("done")


@case("S12", "the n-th rename fails, for every n", must_end="done", only="openpot", quick=False)
def renames(tool, folder):
    ending = fail_at(tool, folder, "replace")
    return ending if ending.outcome != "done" else fail_at(tool, folder, "rename")


@case("S13", "the n-th fsync fails, for every n", must_end="done", only="openpot", quick=False)
def fsyncs(tool, folder):
    return fail_at(tool, folder, "fsync")


@case("S14", "an altered .bin of the same size", "model.bin", "sha|saved", must_end="refused")
def altered(tool, folder):
    made = tool.quantize_and_tell(network(), samples()).save(folder / "out").parent if tool.NAME == "openpot" else tool.save(tool.quantize(network(), samples()), folder / "out").parent
    weights = bytearray((made / "model.bin").read_bytes())
    weights[len(weights) // 2] ^= 0x40
    (made / "model.bin").write_bytes(weights)
    return tool.read(made / "model.xml"), network()


@case("S15", "a symbolic link as output folder", must_end="done", quick=False)
def link(tool, folder):
    model, data = prepare(folder)
    (folder / "real").mkdir()
    (folder / "out").symlink_to(folder / "real")
    ending = run_command(tool.quantize_command(model, data, folder / "out"), folder)
    if ending.outcome == "done" and not (folder / "out").is_symlink():
        return Ending("damage", "the link is gone")
    ending.distance = saved_distance(folder / "real") if ending.outcome == "done" else None
    return ending


@case("S16", "left-over temporary folders of killed processes", must_end="done", only="openpot", quick=False)
def left_over(tool, folder):
    damage = kill_while_saving(tool, folder, 0.1)
    tool.save(network(), folder / "out")
    left = [path.name for path in folder.rglob("*") if "openpot" in path.name]
    return Ending("damage", damage or f"left: {left}") if damage or left else Ending("done")


@case("S17", "the result of a killed run goes on where it was", must_end="done", only="openpot", quick=False, seconds=120)
def resumed(tool, folder):
    """Killed at several moments and started again with the same call: the same bytes as undisturbed."""
    text = "import openpot\nresult = openpot.quantize(toys.network(), toys.samples(24), run_folder=folder / 'run')\nresult.save(folder / 'out')\n"
    (folder / "undisturbed").mkdir()
    ending = run_script(tool, text.replace("folder /", "folder / 'undisturbed' /"), folder)
    if ending.outcome != "done":
        return ending
    expected = digest(folder / "undisturbed" / "out" / "model.bin"), digest(folder / "undisturbed" / "out" / "model.xml")
    for number, delay in enumerate((1.2, 1.8, 2.4)):
        home = folder / str(number)
        home.mkdir()
        child = start_script(tool, text, home)
        try:
            child.wait(delay)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        ending = run_script(tool, text, home)
        if ending.outcome != "done":
            return ending
        if expected != (digest(home / "out" / "model.bin"), digest(home / "out" / "model.xml")):
            return Ending("damage", f"killed after {delay} s, the resumed run ended with other bytes")
    return Ending("done")
