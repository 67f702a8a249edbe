"""Processes that fork from one that has imported what they need: they cost a fifth of those that start from nothing."""

import json
import subprocess
import sys
from pathlib import Path

PARENT = """
import json, os, sys, traceback
sys.path.insert(0, {tests!r})
exec({preamble!r})
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        try:
            exec(json.loads(line), {{}})
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    print(child, flush=True)
    print(os.waitpid(child, 0)[1], flush=True)
"""


class ForkedProcesses:
    """Runs pieces of code one after the other, each in a process of its own that begins after ``preamble``."""

    def __init__(self, preamble, *options):
        code = PARENT.format(tests=str(Path(__file__).parent), preamble=preamble)
        command = [sys.executable, *options, "-c", code]
        self._parent = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def start(self, code):
        """Begin a process; gives its number."""
        print(json.dumps(code), file=self._parent.stdin, flush=True)
        return int(self._parent.stdout.readline())

    def wait(self):
        """How the process ended: 0, the signal that killed it, or something else after an error that it printed."""
        return int(self._parent.stdout.readline())

    def run(self, code):
        self.start(code)
        return self.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._parent.communicate()
