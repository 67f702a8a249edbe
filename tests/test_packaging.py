"""What is installed: only our own files, next to OpenVINO's and without changing one of them.

Each installation goes into a fresh environment that holds OpenVINO as a tree of links to the outer environment's
files, so that nothing is downloaded while our files still land between OpenVINO's own. All other dependencies are found
through a path entry, which does not bring the outer environment's openpot along: ``.pth`` files there are not read.
"""

import hashlib
import importlib.metadata
import importlib.util
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OUTER = Path(importlib.util.find_spec("openvino").origin).parent.parent
HISTORIC = (
    "openvino.tools.pot",
    "openvino.tools.pot.engines.ie_engine",
    "compression.api",
    "compression.graph.model_utils",
)
BESIDE_OPENVINO = ("inference_engine.py", "model_zoo.py", "runtime.py", "tools/mo.py", "tools/pot/")
"""What we put into OpenVINO's folder."""
NO_ISOLATION = ["--no-build-isolation"] if importlib.util.find_spec("hatchling") else []

PROBE = f"""
import importlib, json, sys
import openvino
modules = {{name: importlib.import_module(name) for name in ("openpot", *{HISTORIC!r})}}
from openvino.runtime import Core
assert Core is openvino.Core
from openvino.tools.pot import DataLoader
from compression.api import DataLoader as older
from openpot.data.loader import DataLoader as ours
assert DataLoader is older is ours
openvino.Core()
print(json.dumps({{name: module.__file__ for name, module in modules.items()}} | {{"openvino": openvino.__file__}}))
"""


def run(*command, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def pip(*arguments):
    return run(sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments, cwd=ROOT)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-deps", *NO_ISOLATION, "--wheel-dir", folder, ROOT)
    (path,) = folder.glob("openpot-*.whl")
    return path


class Environment:
    """A virtual environment with OpenVINO linked into it."""

    def __init__(self, folder):
        run(sys.executable, "-m", "venv", "--without-pip", folder)
        self.python = folder / "bin" / "python"
        paths = run(self.python, "-c", "import json, sysconfig; print(json.dumps(sysconfig.get_paths()))")
        self.packages = Path(json.loads(paths)["purelib"])
        self.openvino = self.packages / "openvino"
        link_tree(OUTER / "openvino", self.openvino)
        version = importlib.metadata.version("openvino")
        link_tree(OUTER / f"openvino-{version}.dist-info", self.packages / f"openvino-{version}.dist-info")
        (self.packages / "outer_dependencies.pth").write_text(f"{OUTER}\n")

    def install(self, *what):
        pip("--python", self.python, "install", "--no-deps", *what)

    def uninstall(self):
        pip("--python", self.python, "uninstall", "--yes", "openpot")

    def probe(self):
        """File of each imported module; isolated mode keeps the working directory and PYTHONPATH out."""
        return json.loads(run(self.python, "-I", "-W", "error", "-c", PROBE).splitlines()[-1])

    def fingerprint(self):
        """Digest of every file in OpenVINO's folder, ours and compiled modules left out."""
        files = (
            path for path in sorted(self.openvino.rglob("*")) if path.is_file() and "__pycache__" not in path.parts
        )
        names = {path.relative_to(self.openvino).as_posix(): path for path in files}
        return {
            name: hashlib.sha256(path.read_bytes()).hexdigest()
            for name, path in names.items()
            if not name.startswith(BESIDE_OPENVINO)
        }


def link_tree(source, target):
    for path in source.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            place = target / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(path)


@pytest.fixture
def environment(tmp_path):
    return Environment(tmp_path / "environment")


def test_wheel_holds_only_our_files(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    version = wheel.name.split("-")[1]
    beside = tuple(f"openvino/{name}" for name in BESIDE_OPENVINO)
    ours = ("openpot/", *beside, "compression/", "pot/", f"openpot-{version}.dist-info/")
    assert [name for name in names if not name.startswith(ours)] == []
    assert {"openvino/__init__.py", "openvino/tools/__init__.py"}.isdisjoint(names)
    code = [name for name in names if not name.startswith(ours[-1])]
    assert [name for name in code if not name.endswith((".py", ".json", "/py.typed"))] == []
    assert [name for name in code if name.endswith(".json") and "/hardware/" not in name] == []


def test_wheel_holds_all_our_files(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = set()
    for folder, patterns in (("src", ("*.py", "*.json", "py.typed")), ("compat", ("*.py",))):
        base = ROOT / folder
        wanted |= {path.relative_to(base).as_posix() for pattern in patterns for path in base.rglob(pattern)}
    assert wanted - names == set()
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_wheel_says_what_it_needs_and_what_it_runs(wheel):
    with zipfile.ZipFile(wheel) as archive:
        texts = {
            name.rpartition("/")[2]: archive.read(name).decode() for name in archive.namelist() if ".dist-info/" in name
        }
    needed = [
        line for line in texts["METADATA"].splitlines() if line.startswith("Requires-Dist:") and "extra ==" not in line
    ]
    assert {line.split(":")[1].strip().split(">")[0] for line in needed} == {
        "openvino",
        "numpy",
        "pydantic",
        "typer",
        "rich",
    }
    assert "openpot = openpot.cli.main:main" in texts["entry_points.txt"]
    assert "pot = openpot.cli.pot_command:main" in texts["entry_points.txt"].splitlines()


def test_installed_wheel_leaves_openvino_as_it_was(wheel, environment):
    before = environment.fingerprint()
    environment.install(wheel)
    files = environment.probe()
    assert environment.fingerprint() == before
    assert {name for name, file in files.items() if not Path(file).is_relative_to(environment.packages)} == set()
    assert Path(files["openvino.tools.pot"]) == environment.openvino / "tools" / "pot" / "__init__.py"


def test_uninstalling_leaves_nothing_behind(wheel, environment):
    before = environment.fingerprint()
    environment.install(wheel)
    environment.uninstall()
    assert environment.fingerprint() == before
    ours = (
        *(environment.openvino / name for name in BESIDE_OPENVINO),
        environment.packages / "compression",
        environment.packages / "openpot",
    )
    assert [path for path in ours if path.exists()] == []


def test_editable_install_leaves_openvino_as_it_was(environment):
    before = environment.fingerprint()
    environment.install(*NO_ISOLATION, "--editable", ROOT)
    files = environment.probe()
    assert environment.fingerprint() == before
    assert Path(files["openpot"]) == ROOT / "src" / "openpot" / "__init__.py"
    assert Path(files["openvino.tools.pot"]) == ROOT / "compat" / "openvino" / "tools" / "pot" / "__init__.py"
    assert Path(files["compression.api"]) == ROOT / "compat" / "compression" / "api" / "__init__.py"
    assert Path(files["openvino"]).is_relative_to(environment.openvino)


def test_outer_environment_does_not_leak_into_the_fresh_one(environment):
    done = subprocess.run(
        [str(environment.python), "-I", "-c", "import openpot"], capture_output=True, text=True, check=False
    )
    assert "No module named 'openpot'" in done.stderr


def test_outer_openvino_is_the_one_that_is_linked(environment):
    assert (environment.openvino / "__init__.py").resolve() == (OUTER / "openvino" / "__init__.py").resolve()
