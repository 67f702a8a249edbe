import importlib
import re

import pytest

from openpot.legacy.absent_names import Absence
from openpot.legacy.names import AbsentName, absent_by_path, absent_names, provided_names


@pytest.mark.parametrize("row", provided_names(), ids=lambda row: row.path)
def test_target_exists(row):
    assert hasattr(importlib.import_module(row.target_module), row.target)


def test_older_package_has_the_parts_that_were_imported_from_it():
    paths = {row.path for row in provided_names()}
    assert {
        "compression.api.DataLoader",
        "compression.engines.ie_engine.IEEngine",
        "compression.graph.model_utils.save_model",
    } <= paths
    assert not any(path.startswith("compression.algorithms") for path in paths)


def test_message_says_what_why_and_what_instead():
    row = AbsentName("openvino.tools.pot.graph", "X", Absence("it is gone", "Y"))
    assert row.message == "openvino.tools.pot.graph.X cannot be imported: it is gone. Instead: Y."


def test_refused_paths_are_found_by_path():
    assert absent_by_path()["openvino.tools.pot.graph.passes"].name == ""
    assert absent_by_path()["openvino.tools.pot.graph.GraphTransformer"].name == "GraphTransformer"


SUBSTITUTES = {
    path for row in absent_names() for path in re.findall(r"openpot(?:\.[a-zA-Z_]+)+", row.absence.substitute)
}


@pytest.mark.parametrize("path", sorted(SUBSTITUTES))
def test_substitute_exists(path):
    module, _, name = path.rpartition(".")
    assert hasattr(importlib.import_module(module), name) or importlib.import_module(path)
