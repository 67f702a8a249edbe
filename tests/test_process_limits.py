"""What a process that gave something up cannot do any more. Each case is a process that loads this module alone."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

import openpot.process_limits

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits")

PREPARE = """
import importlib.util, sys
spec = importlib.util.spec_from_file_location("process_limits", sys.argv[1])
limits = importlib.util.module_from_spec(spec)
spec.loader.exec_module(limits)
"""


def run(code):
    path = Path(openpot.process_limits.__file__)
    return subprocess.run([sys.executable, "-c", PREPARE + code, path], capture_output=True, text=True, check=False)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how much a process has")
def test_memory_beyond_the_limit_is_not_to_be_had():
    done = run("limits.limit_process(2**26, 60, 2**20); few = bytes(2**20); bytes(2**27)")
    assert "MemoryError" in done.stderr


def test_a_process_that_computes_for_too_long_is_ended_with_the_reason():
    done = run("limits.limit_process(2**30, 0.1, 2**20)\nwhile True: pass")
    assert done.returncode == -signal.SIGXCPU


def test_files_beyond_the_limit_cannot_be_written(tmp_path):
    path = str(tmp_path / "big")
    done = run(f"limits.limit_process(2**30, 60, 1000)\nwith open({path!r}, 'wb') as file: file.write(bytes(5000))")
    assert "File too large" in done.stderr
    assert (tmp_path / "big").stat().st_size <= 1000


def test_a_process_that_left_the_network_reaches_nothing():
    done = run(
        "import socket\n"
        "server = socket.create_server(('127.0.0.1', 0))\n"
        "left = limits.leave_network()\n"
        "try: socket.create_connection(server.getsockname(), 5)\n"
        "except OSError: left = not left\n"
        "sys.exit(left)"
    )
    assert done.returncode == 0  # it is allowed and nothing is reached, or it is forbidden and nothing has changed


def test_limits_of_before_are_not_raised():
    done = run(
        "import resource\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))\n"
        "limits.limit_process(2**30, 60, 1000)\n"
        "print(resource.getrlimit(resource.RLIMIT_FSIZE))"
    )
    assert done.stdout == "(10, 10)\n"
