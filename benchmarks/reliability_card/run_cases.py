"""Part R: what happens around a run."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import threading
import time
import warnings

from .cases import FAILED, Ending, case
from .processes import digest, hashes, prepare, run_command, run_script, saved_distance, start_script, wait_for
from .toys import Lazy, network, samples


def interrupted(tool, folder, number, expected):
    """A command that gets a signal while it calibrates: nothing half-written, the exit code that shells expect."""
    model, data = prepare(folder)
    if tool.NAME == "openpot":
        data = "slow_data:data"
        (folder / "slow_data.py").write_text("import numpy as np, time, pathlib\nclass Slow:\n    def __len__(self):\n        return 1000\n    def __getitem__(self, number):\n        pathlib.Path('started').touch()\n        time.sleep(0.05)\n        return np.random.default_rng(number).standard_normal((1, 3, 16, 16)).astype(np.float32)\ndef data():\n    return Slow()\n")
        words = tool.quantize_command(model, data, folder / "out", "--subset-size", 1000)
        child = subprocess.Popen(list(map(str, words)), cwd=folder, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    else:
        text = "import itertools\ndef slow():\n    for sample in itertools.cycle(toys.samples()):\n        (folder / 'started').touch()\n        time.sleep(0.05)\n        yield sample\nmade = tool.quantize(toys.network(), slow(), subset_size=1000)\ntool.save(made, folder / 'out')\n"
        child = start_script(tool, text, folder)
    if not wait_for((folder / "started").exists):
        child.kill()
        return Ending("hanging", "it did not start")
    time.sleep(0.5)
    child.send_signal(number)
    try:
        out, said = child.communicate(timeout=30)
    except subprocess.TimeoutExpired:
        child.kill()
        return Ending("hanging", "the signal is ignored")
    left = (folder / "out").exists() and any((folder / "out").glob("model.*"))
    if left:
        return Ending("damage", "something half-written is left")
    if child.returncode == -number:
        # Ended by the signal itself: shells see 128 + number.
        return Ending("refused", said, 128 + number)
    return Ending("refused", said, child.returncode)


@case("R01", "Ctrl-C while calibrating", "interrupt", must_end="refused", quick=False)
def ctrl_c(tool, folder):
    return interrupted(tool, folder, signal.SIGINT, 130)


@case("R02", "SIGTERM while calibrating", "interrupt|ended|terminated", must_end="refused", quick=False)
def terminated(tool, folder):
    return interrupted(tool, folder, signal.SIGTERM, 143)


def limited(tool, folder, megabytes):
    """A limit of the address space above what the process has after its imports."""
    text = f"""
import resource
tool.quantize(toys.network(), toys.samples(2)) if {megabytes} > 1000 else None
import {"openpot" if tool.NAME == "openpot" else "nncf"}
used = int(open("/proc/self/statm").read().split()[0]) * 4096
resource.setrlimit(resource.RLIMIT_AS, (used + {megabytes} * 2**20,) * 2)
try:
    made = tool.quantize(toys.network(channels=64), toys.samples(8))
except Exception as error:
    print(f"{{type(error).__name__}}: {{error}}", file=sys.stderr)
    os._exit(getattr(error, "exit_code", 1))
os._exit(0)
"""
    return run_script(tool, text, folder, 100, env={**os.environ, "OMP_NUM_THREADS": "1"})


for number, megabytes in enumerate((8, 64, 200, 400), 3):

    @case(f"R{number:02}", f"{megabytes} MB of address space left", "memory", quick=False, seconds=110)
    def little_memory(tool, folder, megabytes=megabytes):
        return limited(tool, folder, megabytes)


@case("R07", "the same bytes twice in one process", must_end="done", quick=False)
def twice(tool, folder):
    found = set()
    for number in range(2):
        made = tool.quantize(network(), samples())
        path = tool.save(made, folder / str(number))
        found.add((digest(path), digest(str(path).replace(".xml", ".bin"))))
    return Ending("done") if len(found) == 1 else Ending("refused", "other bytes")


@case("R08", "the same bytes in two processes", must_end="done", quick=False)
def processes(tool, folder):
    found = set()
    for number in range(2):
        (folder / str(number)).mkdir()
        text = "tool.save(tool.quantize(toys.network(), toys.samples()), folder / 'out')\n"
        ending = run_script(tool, text, folder / str(number))
        if ending.outcome != "done":
            return ending
        found.add(tuple(hashes(folder / str(number) / "out").values()))
    return Ending("done") if len(found) == 1 else Ending("refused", "other bytes")


@case("R09", "the same bytes with one thread and with two", must_end="done", quick=False)
def threads(tool, folder):
    found = set()
    for number in (1, 2):
        home = folder / str(number)
        home.mkdir()
        cores = sorted(os.sched_getaffinity(0))[:number]
        text = f"os.sched_setaffinity(0, {cores})\ntool.save(tool.quantize(toys.network(), toys.samples()), folder / 'out')\n"
        ending = run_script(tool, text, home)
        if ending.outcome != "done":
            return ending
        found.add(tuple(hashes(home / "out").values()))
    return Ending("done") if len(found) == 1 else Ending("refused", "other bytes")


@case("R10", "64 open files at most", must_end="done", quick=False)
def few_files(tool, folder):
    text = "import resource\nresource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))\ntool.save(tool.quantize(toys.network(), toys.samples()), folder / 'out')\n"
    ending = run_script(tool, text, folder)
    ending.distance = saved_distance(folder / "out") if ending.outcome == "done" else None
    return ending


@case("R11", "a closed standard output (| head)", must_end="done", quick=False)
def closed_output(tool, folder):
    """No complaint about openpot, and the result is saved."""
    model, data = prepare(folder)
    words = list(map(str, tool.quantize_command(model, data, folder / "out")))
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(words, cwd=folder, stdout=writing, stderr=subprocess.PIPE, text=True)
    os.close(writing)
    if "itself" in done.stderr or "Traceback" in done.stderr or "BrokenPipe" in done.stderr:
        return Ending("refused", done.stderr, done.returncode)
    return Ending("done", done.stderr, done.returncode, saved_distance(folder / "out"))


@case("R12", "a command that fails leaves no folder", must_end="refused", quick=False)
def no_folder(tool, folder):
    import numpy as np

    model, data = prepare(folder)
    np.savez(data, data=np.full((8, 3, 16, 16), np.nan, np.float32))
    ending = run_command(tool.quantize_command(model, data, folder / "deep" / "out"), folder)
    return Ending("done", "an empty folder is left") if (folder / "deep").exists() else ending


@case("R13", "two runs in two threads keep their warnings apart", must_end="done", silent=FAILED, only="openpot", quick=False)
def two_threads(tool, folder):
    started = threading.Barrier(2, timeout=30)
    results = {}

    def work(name, data):
        started.wait()
        results[name] = tool.quantize_and_tell(network(), data, subset_size=8)

    import numpy as np

    integers = [(sample * 20 + 128).clip(0, 255).astype(np.uint8) for sample in samples()]
    runs = [threading.Thread(target=work, args=entry) for entry in (("one", samples(1)), ("integers", integers))]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    if len(results) < 2:
        return Ending("damage", "a run failed")
    one, other = (" ".join(results[name].warnings) for name in ("one", "integers"))
    if "uint8" in one or "one sample" in other or "uint8" not in other or "one sample" not in one:
        return Ending("damage", f"mixed:\n{one}\n{other}")
    return Ending("done")


@case("R14", "a home that cannot be written", must_end="done", quick=False)
def no_home(tool, folder):
    environment = {**os.environ, "HOME": "/nonexistent", "XDG_CACHE_HOME": "/nonexistent"}
    ending = run_script(tool, "tool.save(tool.quantize(toys.network(), toys.samples()), folder / 'out')\n", folder, env=environment)
    ending.distance = saved_distance(folder / "out") if ending.outcome == "done" else None
    return ending


@case("R15", "python -O", must_end="done", quick=False)
def optimized(tool, folder):
    ending = run_script(tool, "tool.save(tool.quantize(toys.network(), toys.samples()), folder / 'out')\n", folder, interpreter=[sys.executable, "-O"])
    ending.distance = saved_distance(folder / "out") if ending.outcome == "done" else None
    return ending


@case("R16", "warnings are errors (-W error)", must_end="done", quick=False)
def strict_warnings(tool, folder):
    ending = run_script(tool, "tool.save(tool.quantize(toys.network(), toys.samples(16)), folder / 'out')\n", folder, interpreter=[sys.executable, "-W", "error::UserWarning"])
    ending.distance = saved_distance(folder / "out") if ending.outcome == "done" else None
    return ending


@case("R17", "memory does not grow with the number of samples", must_end="done", quick=False, seconds=120)
def flat_memory(tool, folder):
    text = """
import resource
class Many:
    def __len__(self):
        return {count}
    def __getitem__(self, number):
        return np.random.default_rng(number).standard_normal((1, 3, 16, 16)).astype(np.float32)
    def __iter__(self):
        return (self[number] for number in range({count}))
choices = dict(early_stop=False) if tool.NAME == "openpot" else dict()
tool.quantize(toys.network(), Many(), subset_size={count}, **choices)
print("peak", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
    peaks = []
    for count in (50, 2000):
        ending = run_script(tool, text.format(count=count), folder, 100)
        if ending.outcome != "done":
            return ending
        peaks.append(int(ending.text.split("peak")[1].split()[0]) / 1024)
    grown = peaks[1] - peaks[0]
    return Ending("done", f"{peaks} MB") if grown < 40 else Ending("damage", f"{peaks} MB")


@case("R18", "a device that is not there", "GPU", "CPU", must_end="refused", only="openpot")
def no_device(tool, folder):
    import openpot

    openpot.IEEngine({"device": "GPU.7"}, Lazy(lambda number: samples()[0]))


@case("R19", "one worker or two: the same bytes", must_end="done", only="openpot", quick=False, seconds=120)
def workers(tool, folder):
    text = """
import openpot
from concurrent.futures import ProcessPoolExecutor
import multiprocessing
if __name__ == "__main__":
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        openpot.quantize(toys.network(), toys.samples(24), executor=pool).save(folder / "two")
    openpot.quantize(toys.network(), toys.samples(24)).save(folder / "one")
"""
    path = folder / "script.py"
    from .processes import HERE

    path.write_text(f"import sys\nsys.path.insert(0, {str(HERE)!r})\nfrom pathlib import Path\nfrom reliability_card import toys\nfolder = Path({str(folder)!r})\n{text}")
    ending = run_command([sys.executable, path], folder, 110)
    if ending.outcome != "done":
        return ending
    same = all(digest(folder / "one" / name) == digest(folder / "two" / name) for name in ("model.xml", "model.bin"))
    return ending if same else Ending("damage", "other bytes")
