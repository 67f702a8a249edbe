"""Data sets that a function returns."""

import sys

import numpy as np
import pytest

from openpot.data.callable_source import is_callable_name, open_callable
from openpot.errors import DataError

CODE = """
import numpy as np
from openpot.data.loader import DataLoader

ROWS = np.ones((3, 2))
COUNT = 5

def load():
    return [(row, 1) for row in ROWS]

def fail():
    raise RuntimeError("no licence")

class Mine(DataLoader):
    def __len__(self):
        return 7

    def __getitem__(self, index):
        return ROWS[0]

class Holder:
    load = staticmethod(load)
"""


@pytest.fixture
def module(tmp_path, monkeypatch):
    (tmp_path / "my_calibration_data.py").write_text(CODE)
    (tmp_path / "broken_calibration_data.py").write_text("1 / 0")
    (tmp_path / "needing_calibration_data.py").write_text("import absent_dependency")
    monkeypatch.chdir(tmp_path)
    before = list(sys.path)
    yield "my_calibration_data"
    assert sys.path == before
    for name in [name for name in sys.modules if name.endswith("_calibration_data")]:
        del sys.modules[name]


@pytest.mark.parametrize(("name", "length"), [("load", 3), ("ROWS", 3), ("Mine", 7), ("Holder.load", 3)])
def test_functions_data_classes_and_members(module, name, length):
    assert len(open_callable(f"{module}:{name}")) == length


def test_running_code_is_logged(module, caplog):
    with caplog.at_level("INFO", "openpot"):
        open_callable(f"{module}:load")
    assert f"running code of the user: {module}:load" in caplog.text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("my_calibration_data:laod", "no 'laod'; did you mean 'load'"),
        ("my_calibration_data:fail", "fail raised RuntimeError: no licence"),
        ("my_calibration_data:COUNT", "int is no data set"),
        ("absent_calibration_data:load", "no module 'absent_calibration_data'"),
        ("broken_calibration_data:load", "importing .* raised ZeroDivisionError"),
        ("needing_calibration_data:load", "importing .*absent_dependency"),
        ("no colon", "expected module:callable"),
    ],
    ids=["misspelt", "raises", "no data", "absent module", "broken module", "missing dependency", "other text"],
)
def test_faults_are_told(module, text, words):
    with pytest.raises(DataError, match=words):
        open_callable(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a:b", True), ("pack.age:Class.load", True), ("C:/data", False), ("a:b:c", False), ("a", False), (":b", False)],
)
def test_names_of_callables(text, expected):
    assert is_callable_name(text) is expected


def test_numpy_rows_are_samples(module):
    np.testing.assert_array_equal(open_callable(f"{module}:ROWS")[1], [1, 1])
