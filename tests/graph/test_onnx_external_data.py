"""Files that an ONNX model names as its weights."""

import os

import onnx
import pytest

from onnx_models import conv_bn_relu
from openpot.errors import MissingFileError, ModelError
from openpot.graph.onnx_external_data import check_external_data
from openpot.graph.read import read_model


@pytest.fixture
def model(tmp_path):
    """A model whose weights lie in weights.bin beside it, and a secret beside its folder."""
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "secret").write_bytes(bytes(4096))
    path = conv_bn_relu(home / "net.onnx")
    loaded = onnx.load(path)
    onnx.save_model(loaded, path, save_as_external_data=True, location="weights.bin", size_threshold=0)
    return path


def move_to(path, location):
    loaded = onnx.load(path, load_external_data=False)
    for tensor in loaded.graph.initializer:
        for entry in tensor.external_data:
            if entry.key == "location":
                entry.value = location
    path.write_bytes(loaded.SerializeToString())


def test_weights_beside_the_model_are_read(model):
    check_external_data(model)
    assert read_model(model).inputs[0].get_names() == {"data"}


def test_a_model_without_external_data_passes(tmp_path):
    check_external_data(conv_bn_relu(tmp_path / "net.onnx"))


@pytest.mark.parametrize("location", ["../secret", "/etc/hostname", "a/../../secret", "x\0y"], ids=ascii)
def test_files_outside_of_the_folder_are_refused(model, location):
    move_to(model, location)
    with pytest.raises(ModelError, match="outside of its own folder"):
        read_model(model)


@pytest.mark.parametrize("link", [os.symlink, os.link], ids=["symbolic link", "hard link"])
def test_links_are_refused(model, link):
    weights = model.parent / "weights.bin"
    weights.rename(model.parent / "other.bin")
    link(model.parent / "other.bin", weights)
    with pytest.raises(ModelError, match=r"'weights\.bin', which is a (symbolic|hard) link"):
        read_model(model)


def test_what_is_not_there_is_named(model):
    (model.parent / "weights.bin").unlink()
    with pytest.raises(MissingFileError, match=r"weights\.bin"):
        read_model(model)


def test_weights_inside_of_attributes_and_bodies_are_found(model):
    loaded = onnx.load(model, load_external_data=False)
    body = onnx.helper.make_graph([], "body", [], [], [loaded.graph.initializer[0]])
    node = onnx.helper.make_node("If", ["x"], ["y"], then_branch=body, else_branch=body)
    del loaded.graph.initializer[:]
    loaded.graph.node.append(node)
    model.write_bytes(loaded.SerializeToString())
    move = model.read_bytes().replace(b"weights.bin", b"../secretxx"[:11])
    model.write_bytes(move)
    with pytest.raises(ModelError, match="outside"):
        check_external_data(model)


@pytest.mark.parametrize("size", [1, 10, 100, 300])
def test_what_is_cut_off_ends(model, size):
    model.write_bytes(model.read_bytes()[:size])
    check_external_data(model)
