from types import SimpleNamespace

import pytest

from openpot.graph.ignored_nodes import is_node_ignored
from openpot.graph.node_index import NodeIndex
from toy_models import tiny_cnn

CASES = {
    "nothing": ({}, False),
    "named": ({"scope": ["other", "conv1"]}, True),
    "other name": ({"scope": ["conv"]}, False),
    "whole model": ({"skip_model": True}, True),
    "type": ({"operations": [{"type": "Convolution"}]}, True),
    "type in another spelling": ({"operations": [{"type": "convolution"}]}, True),
    "other type": ({"operations": [{"type": "MatMul"}]}, False),
    "type with its attribute": ({"operations": [{"type": "Convolution", "attributes": {"strides": [1, 1]}}]}, True),
    "type with another attribute": (
        {"operations": [{"type": "Convolution", "attributes": {"strides": [2, 2]}}]},
        False,
    ),
    "second entry of a type": (
        {"operations": [{"type": "Convolution", "attributes": {"group": 7}}, {"type": "Convolution"}]},
        True,
    ),
}


@pytest.mark.parametrize(("scope", "expected"), CASES.values(), ids=CASES)
def test_a_scope_names_nodes_by_name_type_and_attributes(scope, expected):
    node = NodeIndex(tiny_cnn()).node("conv1")
    assert is_node_ignored(scope, node) is expected


def test_skipping_the_model_can_be_left_out_of_account():
    node = NodeIndex(tiny_cnn()).node("conv1")
    assert not is_node_ignored({"skip_model": True}, node, skipped=False)


def test_a_list_is_the_path_into_a_body():
    node = SimpleNamespace(fullname="loop|fc", type="MatMul")
    assert is_node_ignored({"scope": [["loop", "fc"]]}, node)
    assert not is_node_ignored({"scope": ["fc"]}, node)


@pytest.mark.parametrize(
    ("name", "expected"), [("a_conv1", True), ("b_conv1", False), ("c_conv1", False), ("a_fc", False)]
)
def test_members_of_a_cascade_have_scopes_of_their_own_without_prefix(name, expected):
    scope = {"a": {"scope": ["conv1"]}, "b": {"scope": ["conv2"]}}
    node = SimpleNamespace(fullname=name, type="Convolution")
    assert is_node_ignored(scope, node, ["a", "b", "c"]) is expected
