"""The layers, the import table and the size limits of docs/design.md, read from the source itself."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "openpot"

LAYERS = {
    "errors": 0, "scheme": 0, "typing_aliases": 0, "attribute_dict": 0, "atomic_files": 0, "progress": 0, "log": 0,
    "numerics": 1, "config": 1, "data": 1,
    "graph": 2,
    "placement": 3, "inference": 3,
    "rewrites": 4, "measure": 4,
    "engine": 5,
    "statistics": 6, "trial": 6,
    "layers": 7,
    "algorithms": 8,
    "search": 9,
    "recipes": 10, "report": 10,
    "registry": 11,
    "pipeline": 12, "quantize_arguments": 12,
    "calibrated_model": 13, "quantize": 13, "job": 13,
    "cli": 14, "legacy": 14,
    "__main__": 15,
}  # fmt: skip
MAY_IMPORT_OPENVINO = {"graph", "inference", "measure", "engine", "trial"}
MAY_CHANGE_A_MODEL = {"graph/build.py", "graph/edit.py"}
MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 45
BANNED_FILE_NAMES = {"utils", "helpers", "common", "misc"}
BANNED_CLASS_ENDINGS = ("Manager", "Helper", "Processor", "Info", "Utils")
MUTATING_CALLS = {
    "replace_source_output", "set_arguments", "add_results", "add_parameters", "add_outputs", "remove_result",
    "remove_parameter", "set_friendly_name", "set_names", "add_names", "set_rt_info",
}  # fmt: skip


def modules():
    return sorted(SOURCE.rglob("*.py"))


def part_of(path):
    """The folder or file directly below openpot/ that a module belongs to."""
    first = path.relative_to(SOURCE).parts[0]
    return first.removesuffix(".py")


def is_single_file(part):
    """Whether a part is a file at the root: those of one layer know each other, as the files of a folder do."""
    return (SOURCE / f"{part}.py").exists()


def imported_names(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"relative import at line {node.lineno}"
            yield node.module or ""


def type_checking_only(tree):
    """Names imported inside ``if TYPE_CHECKING``."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            for inner in node.body:
                names |= set(imported_names(ast.Module([inner], [])))
    return names


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(SOURCE)))
def test_module_keeps_the_rules(path):
    text = path.read_text()
    tree = ast.parse(text)
    place = path.relative_to(SOURCE).as_posix()
    part = part_of(path)
    assert ast.get_docstring(tree), "every module says in one line what it holds"
    assert path.stem not in BANNED_FILE_NAMES
    assert len(text.splitlines()) <= MAX_FILE_LINES
    if place == "__init__.py":
        return
    for name in imported_names(tree):
        check_import(name, part, tree)
    for node in ast.walk(tree):
        check_node(node, place)


def check_import(name, part, tree):
    top = name.split(".")[0]
    assert top != "torch", "torch is never imported"
    if top == "openvino":
        assert part in MAY_IMPORT_OPENVINO or name in type_checking_only(tree), f"{part} imports openvino"
    if top != "openpot":
        return
    assert name != "openpot", "nothing inside openpot imports the package itself"
    target = name.split(".")[1]
    assert target in LAYERS, f"{target} has no layer"
    beside = target == part or (is_single_file(target) and is_single_file(part))
    assert LAYERS[target] < LAYERS[part] + beside, f"{part} (layer {LAYERS[part]}) imports {name}"


def check_node(node, place):
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        assert node.end_lineno - node.lineno < MAX_FUNCTION_LINES, f"{node.name} is too long"
    if isinstance(node, ast.ClassDef):
        assert not node.name.endswith(BANNED_CLASS_ENDINGS), node.name
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
        assert ast.unparse(node.exc.func) not in ("Exception", "BaseException"), f"line {node.lineno}"
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MUTATING_CALLS:
        assert place in MAY_CHANGE_A_MODEL, f"{place} line {node.lineno} changes a model: {node.func.attr}"


def import_graph():
    graph = {}
    for path in modules():
        name = ".".join(["openpot", *path.relative_to(SOURCE).with_suffix("").parts]).removesuffix(".__init__")
        if name != "openpot":
            graph[name] = {n for n in imported_names(ast.parse(path.read_text())) if n.startswith("openpot")}
    return graph


def test_modules_import_without_cycles():
    graph, done = import_graph(), set()

    def visit(name, trail):
        assert name not in trail, " -> ".join([*trail, name])
        if name in done or name not in graph:
            return
        for target in sorted(graph[name]):
            visit(target, [*trail, name])
        done.add(name)

    for name in graph:
        visit(name, [])


def run_python(code):
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=dict(os.environ), check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_import_has_no_side_effect_and_no_torch():
    code = (
        "import logging, sys, warnings, random\n"
        "warnings.simplefilter('error')\n"
        "before = (list(logging.root.handlers), logging.root.level, logging.getLoggerClass(), random.getstate())\n"
        "import openpot, openpot.cli.main, openvino.tools.pot\n"
        "after = (list(logging.root.handlers), logging.root.level, logging.getLoggerClass(), random.getstate())\n"
        "assert before == after\n"
        "assert 'torch' not in sys.modules and 'PIL' not in sys.modules\n"
    )
    assert run_python(code) == ""


def test_numerics_load_no_openvino():
    code = (
        "import importlib.util, sys, types\n"
        f"package = types.ModuleType('openpot'); package.__path__ = [{str(SOURCE)!r}]\n"
        "sys.modules['openpot'] = package\n"
        "import pkgutil, importlib, openpot.numerics\n"
        "for module in pkgutil.iter_modules(openpot.numerics.__path__):\n"
        "    importlib.import_module('openpot.numerics.' + module.name)\n"
        "assert not [m for m in sys.modules if m.startswith('openvino')]\n"
    )
    assert run_python(code) == ""


def test_every_module_has_a_test_file():
    tests = Path(__file__).parent
    missing = []
    for path in modules():
        relative = path.relative_to(SOURCE)
        if path.stem.startswith("__"):
            continue
        if not (tests / relative.parent / f"test_{relative.name}").exists():
            missing.append(str(relative))
    allowed = {"errors.py", "scheme.py", "typing_aliases.py", "progress.py", "log.py", "graph/types.py"}
    assert sorted(set(missing) - allowed) == []
