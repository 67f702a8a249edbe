"""Nothing is sent, looked up or written when openpot is used."""

import os
import subprocess
import sys

CODE = """
import socket, sys

def refuse(*_, **__):
    raise AssertionError("a socket was opened")

socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = socket.gethostbyname = refuse
import openpot
import openpot.cli.main
import openvino
openvino.Core()
assert "openvino_telemetry.main" not in sys.modules, "telemetry was started"
"""


def test_a_fresh_home_stays_empty_and_no_socket_is_opened(tmp_path):
    env = {**os.environ, "HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", CODE], env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert list(tmp_path.iterdir()) == []


def test_a_program_that_chose_otherwise_is_left_alone():
    code = "import openvino, sys; before = sys.modules.get('openvino_telemetry'); import openpot.telemetry_off\n"
    code += "assert sys.modules.get('openvino_telemetry') is before"
    env = {**os.environ, "CI": "1"}  # openvino's own switch, for this test
    assert subprocess.run([sys.executable, "-c", code], env=env, check=False).returncode == 0
