import importlib
import re

import pytest

from openpot.legacy.absent_names import Absence
from openpot.legacy.names import AbsentName, absent_by_path, absent_names, elsewhere, provided_names


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


@pytest.mark.parametrize(
    ("module", "name", "expected"),
    [
        (
            "openvino.tools.pot.algorithms.quantization.fake_quantize",
            "get_node_value",
            "node_utils.get_node_value",
        ),
        ("openvino.tools.pot.algorithms.quantization.fake_quantize", "find_fqs_to_unify", "plan_quantization"),
        ("openvino.tools.pot.engines.ie_engine", "BatchSampler", "samplers.batch_sampler.BatchSampler"),
        ("compression.graph", "CompressedModel", "openvino.tools.pot.graph.nx_model.CompressedModel"),
    ],
)
def test_names_of_another_module_say_where_they_are(module, name, expected):
    assert expected in elsewhere(module, name)
    with pytest.raises(ImportError, match=re.escape(expected)):
        exec(f"from {module} import {name}", {})


@pytest.mark.parametrize("name", ["Quantizer", "__path__", "app", "algorithms"])
def test_names_that_nobody_has_and_modules_are_left_to_python(name):
    assert elsewhere("openvino.tools.pot", name) is None
