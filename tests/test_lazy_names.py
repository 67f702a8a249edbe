"""Names that are imported when they are first used."""

import sys
from types import ModuleType

import pytest

from openpot.errors import OutOfMemoryError
from openpot.lazy_names import import_when_used


@pytest.fixture
def package(monkeypatch):
    module = ModuleType("lazy_package")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    module.__all__, module.__getattr__, module.__dir__ = import_when_used(
        module.__name__, {"json": "loads dumps", "no_such_module": "missing"}
    )
    return module


def test_a_name_is_looked_up_once(package):
    assert "loads" not in vars(package)
    assert package.loads is sys.modules["json"].loads
    assert vars(package)["loads"] is package.loads


def test_names_are_listed_before_they_are_imported(package):
    assert package.__all__ == ["dumps", "loads", "missing"]
    assert {"__name__", *package.__all__} <= set(dir(package))


def test_other_names_are_no_attributes(package):
    assert not hasattr(package, "load")
    with pytest.raises(AttributeError, match="module 'lazy_package' has no attribute 'load'"):
        _ = package.load


def test_memory_that_is_missing_while_a_module_is_loaded_is_that_error(package, monkeypatch):
    def fail(_):
        raise ImportError("_core.so: failed to map segment from shared object")

    monkeypatch.setattr("openpot.lazy_names.import_module", fail)
    with pytest.raises(OutOfMemoryError, match=r"loading lazy_package\.loads.*free memory"):
        _ = package.loads


def test_a_module_that_cannot_be_imported_says_so_itself(package):
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        _ = package.missing
