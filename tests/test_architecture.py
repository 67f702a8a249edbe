"""The layers, the import table and the size limits of docs/design.md, read from the source itself."""

import ast
import importlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "openpot"

LAYERS = {
    "errors": 0, "scheme": 0, "typing_aliases": 0, "attribute_dict": 0, "atomic_files": 0, "progress": 0, "log": 0,
    "folder_swap": 0, "saved_files": 0, "telemetry_off": 0, "journal": 0, "current_run": 0, "run_folder": 0,
    "tables": 0, "progress_display": 0, "broken_pipes": 0,
    "memory_errors": 0, "printable": 0, "available_memory": 0, "process_limits": 0, "rescued_save": 0, "workers": 0,
    "optional_stage": 0, "weight_formats": 0, "lazy_names": 0, "installed_version": 0,
    "numerics": 1, "config": 1, "data": 1,
    "graph": 2,
    "placement": 3, "inference": 3,
    "rewrites": 4, "measure": 4,
    "engine": 5,
    "statistics": 6, "trial": 6,
    "layers": 7,
    "algorithms": 8,
    "search": 9, "examination": 9,
    "compression": 9,
    "recipes": 10, "report": 10,
    "registry": 11, "watched_run": 11,
    "pipeline": 12, "pipeline_checks": 12,
    "api": 13, "job": 13, "testing": 13,
    "cli": 14, "legacy": 14,
    "__main__": 15,
}  # fmt: skip
MAY_IMPORT_OPENVINO = {"graph", "inference", "measure", "engine", "trial"}
MAY_CHANGE_A_MODEL = {"graph/build.py", "graph/edit.py"}
MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 45
BANNED_FILE_NAMES = {"utils", "helpers", "common", "misc"}
BANNED_CLASS_ENDINGS = ("Manager", "Helper", "Processor", "Info", "Utils")
PRIVATE_MODULES_OF_OTHERS = {
    # The runtime offers these passes under no public name.
    ("graph/pack_quantized.py", "openvino._offline_transformations"),
    ("graph/simplify.py", "openvino._offline_transformations"),
}
NO_VERBS = {
    "kept", "made", "told", "drawn", "taken", "given", "found", "judged", "merged", "joined", "parsed",
    "checked", "observed", "without", "with", "behind",
}  # fmt: skip
NO_NOUNS = {"one", "found", "own"}
ATTRIBUTE_FUNCTIONS = {"getattr", "setattr", "hasattr", "delattr"}
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
        assert count_lines(node) < MAX_FUNCTION_LINES, f"{node.name} is too long"
    if isinstance(node, ast.ClassDef):
        assert not node.name.endswith(BANNED_CLASS_ENDINGS), node.name
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
        assert ast.unparse(node.exc.func) not in ("Exception", "BaseException"), f"line {node.lineno}"
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MUTATING_CALLS:
        assert place in MAY_CHANGE_A_MODEL, f"{place} line {node.lineno} changes a model: {node.func.attr}"


def count_lines(function):
    """Lines after the first one, without the docstring."""
    first = function.body[0]
    docstring = first.end_lineno - first.lineno + 1 if ast.get_docstring(function) else 0
    return function.end_lineno - function.lineno - docstring


def is_private(name):
    return name.startswith("_") and not name.startswith("__")


def foreign_private_names(tree):
    """``(line, text)`` of everything private that a module takes from outside itself.

    A private attribute may be read and set on ``self``, ``cls`` and ``super()`` (so a subclass in another module may
    override and call what POT's scripts override on engines: ``_fill_input``, ``_process_batch``, ...), on a class of
    the same module, and on a copy that a method makes of its own object.
    """
    classes = {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] + [getattr(node, "module", None) or ""]
            if any(is_private(part) for name in names for part in name.split(".")):
                yield node.lineno, ast.unparse(node)
    yield from foreign_private_attributes(tree, {"self", "cls", *classes})


def foreign_private_attributes(node, own):
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        own = own | copies_of_self(node)
    if isinstance(node, ast.Attribute) and is_private(node.attr) and not is_own(node.value, own):
        yield node.lineno, ast.unparse(node)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ATTRIBUTE_FUNCTIONS:
        name = node.args[1] if len(node.args) > 1 else None
        if isinstance(name, ast.Constant) and is_private(str(name.value)) and not is_own(node.args[0], own):
            yield node.lineno, ast.unparse(node)
    for child in ast.iter_child_nodes(node):
        yield from foreign_private_attributes(child, own)


def is_own(node, own):
    if isinstance(node, ast.Call):
        return ast.unparse(node) == "super()"
    return isinstance(node, ast.Name) and node.id in own


def copies_of_self(function):
    """Names of the local variables that hold a copy of ``self``."""
    return {
        target.id
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and ast.unparse(node.value) in ("copy(self)", "copy.copy(self)")
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def unclear_names(tree):
    """Functions that are no verbs, apart from properties and context managers, and variables that are no nouns."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            is_value = any(
                text in ast.unparse(d) for d in node.decorator_list for text in ("property", "contextmanager")
            )
            if not is_value and node.name.strip("_").split("_")[0] in NO_VERBS:
                yield node.name
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id in NO_NOUNS:
            yield node.id
        if isinstance(node, ast.arg) and node.arg in NO_NOUNS:
            yield node.arg


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(SOURCE)))
def test_functions_are_verbs_and_variables_say_what_they_hold(path):
    assert list(unclear_names(ast.parse(path.read_text()))) == []


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("def kept(x): ...", ["kept"]),
        ("def _without_ties(x): ...", ["_without_ties"]),
        ("names = [one.name for one in layers]", ["one"]),
        ("found = 1", ["found"]),
        ("def find(own): ...", ["own"]),
        ("@property\ndef quantized(self): ...", []),
        ("def keep(x): ...\nlayer = find_layer()\nlayer.found = 1", []),
    ],
)
def test_unclear_names_are_noticed(code, names):
    assert list(unclear_names(ast.parse(code))) == names


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(SOURCE)))
def test_no_private_name_is_used_across_modules(path):
    place = path.relative_to(SOURCE).as_posix()
    foreign = [
        (line, text)
        for line, text in foreign_private_names(ast.parse(path.read_text()))
        if not any(place == where and f"from {module} import" in text for where, module in PRIVATE_MODULES_OF_OTHERS)
    ]
    assert foreign == []


@pytest.mark.parametrize(
    "line",
    [
        "engine._device",
        "engine._settings = 1",
        "self._engine._reset()",
        "make()._value",
        "Other._made",
        "twin._value",
        "getattr(engine, '_device')",
        "setattr(engine, '_device', 'CPU')",
        "from openpot.engine.hooks import _OWN_MODULES",
        "from openpot._engine import Engine",
        "import openpot._engine",
        "import openvino._offline_transformations as passes",
    ],
)
def test_private_names_of_others_are_noticed(line):
    code = f"class Own:\n  def method(self, engine, twin):\n    {line}\n"
    assert [number for number, _ in foreign_private_names(ast.parse(code))] == [3]


@pytest.mark.parametrize(
    "lines",
    [
        "self._value = self._other",
        "cls._made()",
        "Own._made()",
        "super()._fill_input(1)",
        "twin = copy(self); twin._value = 1",
        "twin = copy.copy(self); twin._value = 1",
        "getattr(self, '_value')",
        "engine.__class__",
        "engine.device",
        "from __future__ import annotations",
    ],
)
def test_a_module_may_use_what_is_private_to_itself(lines):
    code = f"class Own:\n  def method(self, engine):\n    {lines}\n"
    assert list(foreign_private_names(ast.parse(code))) == []


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


def test_the_package_alone_loads_next_to_nothing():
    code = (
        "import sys, openpot\n"
        "print(*sorted(name for name in sys.modules if name.split('.')[0] in ('openpot', 'openvino', 'numpy')))\n"
    )
    expected = "openpot openpot.errors openpot.lazy_names openpot.log openpot.memory_errors openpot.telemetry_off"
    assert run_python(code).split() == expected.split()


@pytest.mark.parametrize("command", ["main", "pot_command"])
def test_help_loads_options_alone(command):
    """What a command works with is imported when it runs."""
    code = f"import sys, openpot.cli.{command}\nprint(*sorted(sys.modules))"
    loaded = run_python(code).split()
    rooms = {name.split(".")[1] for name in loaded if name.startswith("openpot.")}
    assert {room for room in rooms if LAYERS[room]} <= {"cli", "report"}
    assert "openpot.report.records" not in loaded
    assert {"numpy", "openvino", "pydantic", "rich", "asyncio"}.isdisjoint(loaded)


def test_quantize_loads_no_room_that_it_does_not_work_with():
    loaded = run_python("import sys, openpot\nopenpot.quantize\nprint(*sorted(sys.modules))").split()
    rooms = {name.split(".")[1] for name in loaded if name.startswith("openpot.")}
    assert rooms.isdisjoint({"cli", "legacy", "job", "testing", "compression", "examination"})
    others = {"openpot.report.page", "openpot.report.run_record", "openpot.data.metric_names", "xml", "asyncio"}
    recipes = {"openpot.recipes.accuracy_aware", "openpot.recipes.pot_recipe"}
    assert (others | recipes).isdisjoint(loaded)


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


def scripts():
    root = SOURCE.parent.parent
    return [path for folder in ("benchmarks", "examples", "tools") for path in sorted((root / folder).rglob("*.py"))]


def test_names_that_scripts_import_exist():
    missing = []
    for path in scripts():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "openpot":
                module = importlib.import_module(node.module)
                names = [alias.name for alias in node.names if not hasattr(module, alias.name)]
                missing += [
                    f"{path.name}: {node.module}.{name}"
                    for name in names
                    if importlib.util.find_spec(f"{node.module}.{name}") is None
                ]
    assert missing == []
