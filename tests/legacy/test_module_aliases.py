import sys
from types import ModuleType

from openpot.legacy.module_aliases import alias_modules


def test_modules_of_the_package_get_their_former_names(monkeypatch):
    names = ("pack", "pack.a", "pack.a.b", "pack._ov_api", "pack.old", "pack.tools.c", "other.d")
    modules = {name: ModuleType(name) for name in names}
    monkeypatch.setattr(sys, "modules", {**sys.modules, **modules})
    alias_modules("pack", "pack.old")
    found = {name: module for name, module in sys.modules.items() if name.startswith("pack.old.")}
    assert found == {
        "pack.old.a": modules["pack.a"],
        "pack.old.a.b": modules["pack.a.b"],
        "pack.old.ie_api": modules["pack._ov_api"],
    }


def test_a_module_that_is_there_already_stays(monkeypatch):
    modules = {name: ModuleType(name) for name in ("pack.a", "pack.old.a")}
    monkeypatch.setattr(sys, "modules", {**sys.modules, **modules})
    alias_modules("pack", "pack.old")
    assert sys.modules["pack.old.a"] is modules["pack.old.a"]
