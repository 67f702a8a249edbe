"""What becomes of a run when something goes wrong: openpot and NNCF through the same cases.

    python reliability.py [--tools openpot,nncf] [--only PATTERN] [--jobs N] [--json] [--keep FOLDER]

Each case is a process of its own with a limit of time. Points: 2 handled, or refused with a reason that names the culprit;
1 stops with a text that users must decode, or a good result without a word about what was wrong; 0 silently wrong, something
lost or altered, code of a stranger run, killed, hanging. The rule is `grade` in `reliability_card/cases.py`; a case that has no
counterpart in a tool counts for the other one alone. NNCF_PY and OPENPOT_PY (default: this one) are the interpreters.
With --json the last line is {"openpot": {"points": n, "of": n, "zeros": n}, "nncf": {...}}.
"""
import argparse
import json
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from reliability_card.cases import HANDLED, Case, Ending, grade
from reliability_card.observe import load_cases, load_driver

PYTHON = {"openpot": os.environ.get("OPENPOT_PY", sys.executable), "nncf": os.environ.get("NNCF_PY", sys.executable)}
PARTS = {"D": "data", "M": "model", "A": "accuracy, metric", "C": "configuration, command", "S": "save and state", "R": "run", "X": "security", "V": "plug-ins"}
BUSY = 4
"""By how much longer a case may last than its limit, because others use the machine."""


def run_case(case: Case, tool: str, folder: Path) -> Ending:
    """What comes of a case in a process of its own."""
    (folder / "files").mkdir(parents=True)
    words = [PYTHON[tool], "-m", "reliability_card.observe", tool, case.name, str(folder)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")]), "HOME": str(folder), "PYTHONUNBUFFERED": "1"}
    with (folder / "output.txt").open("wb") as output:
        child = subprocess.Popen(words, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True)
        try:
            code = child.wait(BUSY * case.seconds)
        except subprocess.TimeoutExpired:
            code = None
        finally:
            try:
                os.killpg(child.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            _, _, usage = os.wait4(child.pid, 0) if child.returncode is None else (0, 0, None)
    printed = (folder / "output.txt").read_text(errors="replace")
    written = folder / "ending.json"
    if code is None:
        return Ending("hanging", printed)
    if not written.exists():
        return Ending("killed", f"{printed}\nended by {signal.Signals(-code).name if code < 0 else f'exit code {code}'}")
    ending = Ending(**json.loads(written.read_text()))
    ending.text += printed
    return ending


def list_tasks(cases, tools, pattern):
    return [(case, tool) for case in cases.values() for tool in tools if case.only in ("", tool) and re.search(pattern, f"{case.name} {case.title}")]


def print_card(cases, tools, marks):
    width = max(len(case.title) for case in cases.values())
    for letter, part in PARTS.items():
        named = [case for case in cases.values() if case.name[0] == letter and any((case.name, tool) in marks for tool in tools)]
        if not named:
            continue
        print(f"\n{letter} {part}")
        for case in named:
            shown = "  ".join(f"{marks.get((case.name, tool), ('-',))[0]:>{len(tool)}}" for tool in tools)
            print(f"{case.name:4} {case.title:{width}}  {shown}")
    print(f"\n{'points':{width + 5}}", "  ".join(f"{totals_of(marks, tool)['points']}/{totals_of(marks, tool)['of']}" for tool in tools))


def totals_of(marks, tool):
    points = [mark[0] for (_, other), mark in marks.items() if other == tool]
    return {"points": sum(points), "of": HANDLED * len(points), "zeros": points.count(0)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tools", default="openpot,nncf", type=lambda text: text.split(","))
    parser.add_argument("--only", default="", metavar="PATTERN", help="cases whose name or title matches")
    parser.add_argument("--jobs", type=int, default=max(1, (os.cpu_count() or 2) // 2))
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep what the cases wrote and said there")
    arguments = parser.parse_args()
    cases = load_cases()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory(prefix="openpot-card-") as scratch:
        above = (arguments.keep or Path(scratch)).resolve()

        def mark(task):
            case, tool = task
            ending = run_case(case, tool, above / tool / case.name)
            points = grade(case, ending, load_driver(tool).HAS_EXIT_CODES)
            print(f"{case.name} {tool}: {points} {ending.outcome}", file=sys.stderr, flush=True)
            return (case.name, tool), (points, ending)

        with ThreadPoolExecutor(arguments.jobs) as pool:
            marks = dict(pool.map(mark, list_tasks(cases, arguments.tools, arguments.only)))
    print_card(cases, arguments.tools, marks)
    for (name, tool), (points, ending) in marks.items():
        if tool == "openpot" and points < HANDLED:
            print(f"\n{name} {cases[name].title}: {points}, {ending.outcome}, exit code {ending.exit_code}, distance {ending.distance}\n  " + "\n  ".join(ending.text.strip().splitlines()[-6:])[:1500])
    if arguments.json:
        print(json.dumps({tool: totals_of(marks, tool) for tool in arguments.tools}))


if __name__ == "__main__":
    main()
