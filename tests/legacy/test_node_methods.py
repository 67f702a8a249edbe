import numpy as np
import pytest

from openpot.errors import ModelError
from openpot.legacy.graph_editor import get_node_by_name
from toy_models import worked_example


@pytest.fixture
def model():
    return worked_example()


@pytest.fixture
def conv(model):
    return get_node_by_name(model, "conv1")


def test_what_identifies_a_node(conv):
    assert (conv.id, conv.op, conv.kind, conv["op"], conv["kind"]) == (
        "conv1",
        "Convolution",
        "op",
        "Convolution",
        "op",
    )


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("name", "conv1"),
        ("type", "Convolution"),
        ("op", "Convolution"),
        ("auto_pad", "explicit"),
        ("nothing", "<UNKNOWN>"),
    ],
)
def test_soft_get_gives_attributes_or_the_default(conv, key, expected):
    assert conv.soft_get(key) == expected
    assert conv.soft_get("nothing", 3) == 3


def test_attributes_are_read_as_attributes_too(conv):
    assert list(conv.strides) == list(conv["strides"]) == [1, 1]
    assert conv.get_friendly_name() == "conv1", "OpenVINO's methods are there too"
    assert conv.attrs() == conv.get_attrs()
    assert "pads_begin" in conv.get_attrs()


def test_whether_an_attribute_is_there(conv):
    assert (conv.has("strides"), conv.has("levels"), conv.has_valid("strides"), conv.has_valid("levels")) == (
        True,
        False,
        True,
        False,
    )
    assert conv.has_and_set("strides")
    assert not conv.has_and_set("levels")


def test_only_values_of_constants_can_be_set_by_key(model, conv):
    get_node_by_name(model, "fc_b")["value"] = np.ones((1, 5))
    assert get_node_by_name(model, "fc_b")["value"].sum() == 5
    with pytest.raises(ModelError, match=r"'strides' of Convolution 'conv1' cannot be set.*openpot\.graph\.build"):
        conv["strides"] = [2, 2]


def test_neighbours_are_data_and_lead_on(model, conv):
    assert sorted(conv.in_nodes()) == [0, 1]
    assert conv.in_node(1).value.shape == (8, 3, 3, 3)
    assert conv.in_node().in_node() == get_node_by_name(model, "data")
    assert conv.out_node().out_node() == get_node_by_name(model, "conv1_bias")
    assert conv.input_ports_with(get_node_by_name(model, "conv1_w")) == [1]
    assert conv.input_ports_with(get_node_by_name(model, "fc_w")) == []


def test_ports_are_counted(model, conv):
    assert [conv.has_port("in", number) for number in (0, 1, 2)] == [True, True, False]
    assert (conv.has_port("out", 0), conv.has_port("out", 1)) == (True, False)
    assert (conv.is_in_port_connected(1), conv.is_out_port_connected(0)) == (True, True)
    assert not get_node_by_name(model, "result").is_out_port_connected(0)


def test_the_operation_set_is_told(conv):
    assert conv.get_opset() == "opset1"
