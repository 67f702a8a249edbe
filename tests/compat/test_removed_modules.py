"""What scripts of POT's time import beside POT: names that moved are there, the others say what to write instead."""

import importlib
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import openvino as ov
from forked_processes import ForkedProcesses
from openpot.errors import AbsentNameError

ROOT = Path(__file__).resolve().parent.parent.parent
COMPAT = ROOT / "compat" / "openvino"
PAGE = (ROOT / "docs" / "migration.md").read_text().split("### What scripts import beside POT\n")[1].split("\n## ")[0]


@pytest.fixture(scope="module")
def after_openvino():
    """A new process for each script, in which a warning is an error; all of them import OpenVINO first."""
    with ForkedProcesses("import openvino", "-W", "error") as processes:
        yield processes


@pytest.mark.parametrize(
    "line",
    [
        "from openvino.runtime import Core, Model, Type, Layout, PartialShape, AsyncInferQueue, serialize, get_version",
        "from openvino import runtime",
        "import openvino.runtime as runtime; runtime.opset8.parameter([1], runtime.Type.f32)",
        "from openvino.runtime.passes import Manager, ConstantFolding",
        "from openvino.runtime.op import Constant, util",
        "from openvino.runtime.ie_api import CompiledModel, InferRequest",
        "from openvino.runtime.opset10 import relu",
        "from openvino.runtime.utils.types import get_element_type",
        "from openvino.runtime.utils.data_helpers.wrappers import tensor_from_file",
        "from openvino.runtime.properties.hint import PerformanceMode",
        "from openvino.runtime.exceptions import UserInputError",
        "from openvino.runtime import *",
    ],
)
def test_import_of_a_script_works_whatever_was_imported_before(after_openvino, line):
    assert after_openvino.run(line) == 0


def test_names_are_openvinos_own_objects():
    runtime = importlib.import_module("openvino.runtime")
    assert runtime.Core is ov.Core
    assert runtime.__version__ == ov.__version__
    assert importlib.import_module("openvino.runtime.passes") is importlib.import_module("openvino.passes")
    assert importlib.import_module("openvino.runtime.ie_api").Core is ov.Core
    assert {name for name in dir(ov) if not name.startswith("_")} <= set(dir(runtime)) | {"runtime"}


def test_an_openvino_that_has_the_module_again_wins(tmp_path):
    """In one folder, as a wheel installs it, and in two, as an editable installation does."""
    for openvino_folder, ours in ((tmp_path / "one" / "openvino",) * 2, (tmp_path / "a" / "openvino", tmp_path / "b")):
        packages = {
            "": "__path__ = __import__('pkgutil').extend_path(__path__, __name__)",
            "runtime": "Core = 'theirs'",
        }
        packages |= {"inference_engine": "", "model_zoo": "", "tools": packages[""], "tools/mo": ""}
        for name, text in packages.items():
            (openvino_folder / name).mkdir(parents=True, exist_ok=True)
            (openvino_folder / name / "__init__.py").write_text(text)
        place = ours if ours == openvino_folder else ours / "openvino"
        (place / "tools").mkdir(parents=True, exist_ok=True)
        for name in ("runtime.py", "inference_engine.py", "model_zoo.py", "tools/mo.py"):
            shutil.copy(COMPAT / name, place / name)
        paths = [str(openvino_folder.parent), str(ours if place != ours else ours.parent)]
        code = (
            f"import sys; sys.path[:0] = {paths!r}\n"
            "from openvino.runtime import Core; assert Core == 'theirs'\n"
            "import openvino.inference_engine, openvino.model_zoo, openvino.tools.mo\n"
        )
        subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("from openvino.inference_engine import IECore", "from openvino import Core"),
        ("from openvino.tools import mo", "openvino.convert_model"),
        ("from openvino.tools.mo.graph.graph import Node", "openvino.tools.pot.graph.model_utils"),
        ("from openvino.model_zoo.model_api.models import Model", "from model_api.models import Model"),
    ],
)
def test_a_removed_module_says_what_to_write(line, instead):
    with pytest.raises(AbsentNameError) as caught:
        exec(line, {})
    assert instead in str(caught.value)


@pytest.mark.parametrize(
    ("line", "today"),
    [
        ("from compression.data_loaders.data_loader import DataLoader", "from openvino.tools.pot import DataLoader"),
        ("from compression.data_loaders.creator import create_data_loader", "openvino.tools.pot.data_loaders"),
        ("from compression.custom.metric import Metric", "from openvino.tools.pot import Metric"),
        ("from compression.configs.config import Config", "openvino.tools.pot.configs.config import Config"),
        ("from compression.algorithms.quantization.minmax.algorithm import X", "openvino.tools.pot.algorithms"),
        ("from compression.app.run import app", "openvino.tools.pot.app"),
        ("from compression.optimization.optimizer import get_optimizer", "ParamsGridSearchAlgorithm"),
    ],
)
def test_a_path_of_2020_says_where_it_is_today(line, today):
    with pytest.raises(ImportError) as caught:
        exec(line, {})
    assert today in str(caught.value)


def test_the_extra_brings_what_openvino_dev_brought():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert [name.partition(">")[0] for name in extras["pot"]] == ["addict"]


@pytest.mark.parametrize(
    "name", ["addict", "openvino.runtime", "openvino.inference_engine", "openvino.tools.mo", "openvino.model_zoo"]
)
def test_the_page_has_a_line_for_each(name):
    assert any(f"`{name}`" in line for line in PAGE.splitlines() if line.startswith("| "))
