import os
import pathlib

import numpy as np
import pytest

import onnx_models
import openvino as ov
from openpot.errors import ConfigError, MissingFileError, ModelError, OpenPotWarning
from openpot.graph.read import read_model
from openpot.graph.text import text_from_model
from openvino import opset13 as op
from toy_models import if_model, images, loop_model, run, tiny_cnn


def names(model):
    return [node.get_friendly_name() for node in model.get_ordered_ops()]


def save(model, folder, **options):
    ov.save_model(model, folder / "m.xml", **options)
    return folder / "m.xml"


def test_a_model_in_memory_is_copied(tmp_path):
    mine = tiny_cnn()
    before = text_from_model(mine)
    model = read_model(mine)
    next(node for node in model.get_ops() if node.get_friendly_name() == "conv1").set_friendly_name("changed")
    assert text_from_model(mine) == before


@pytest.mark.parametrize("make", [tiny_cnn, if_model, loop_model])
@pytest.mark.parametrize("kind", [str, pathlib.Path])
def test_an_ir_is_read_as_it_is(tmp_path, make, kind):
    path = save(make(), tmp_path, compress_to_fp16=False)
    assert text_from_model(read_model(kind(path)), names=False) == text_from_model(
        ov.Core().read_model(path), names=False
    )


def test_weights_may_lie_elsewhere(tmp_path):
    path = save(tiny_cnn(), tmp_path)
    (tmp_path / "m.bin").rename(tmp_path / "elsewhere.bin")
    assert len(read_model(path, tmp_path / "elsewhere.bin").get_ops()) > 10


@pytest.mark.parametrize("weights", [None, "other.bin"])
def test_missing_weights_are_named(tmp_path, weights):
    path = save(tiny_cnn(), tmp_path)
    (tmp_path / "m.bin").unlink()
    with pytest.raises(MissingFileError, match=r"no weights at .*\.bin' for the model .*m\.xml") as caught:
        read_model(path, tmp_path / weights if weights else None)
    assert isinstance(caught.value, FileNotFoundError)
    assert isinstance(caught.value, RuntimeError)


def test_weights_that_are_a_pipe_are_not_opened(tmp_path):
    path = save(tiny_cnn(), tmp_path)
    (tmp_path / "m.bin").unlink()
    os.mkfifo(tmp_path / "m.bin")
    with pytest.raises(ModelError, match="not a regular file"):
        read_model(path)


def test_an_ir_without_constants_is_read_without_weights(tmp_path):
    data = op.parameter([2], np.float32, name="data")
    path = save(ov.Model([op.result(op.relu(data, name="act"))], [data], "plain"), tmp_path)
    (tmp_path / "m.bin").unlink()
    assert "act" in names(read_model(path))


def test_truncated_weights_are_refused_without_places_in_foreign_source_code(tmp_path):
    path = save(tiny_cnn(), tmp_path)
    (tmp_path / "m.bin").write_bytes((tmp_path / "m.bin").read_bytes()[:100])
    with pytest.raises(ModelError, match=r"m\.bin.* is cut off") as caught:
        read_model(path)
    assert ".cpp" not in str(caught.value)


@pytest.mark.parametrize("suffix", [".xml", ".onnx", ".pb", ".tflite", ".pdmodel"])
def test_foreign_files_are_refused_quietly(tmp_path, capfd, suffix):
    (tmp_path / f"m{suffix}").write_bytes(b"PK\x03\x04 a zip archive, say")
    with pytest.raises(ModelError):
        read_model(tmp_path / f"m{suffix}")
    assert capfd.readouterr() == ("", "")


def test_an_onnx_file_is_cleaned_up_and_keeps_its_names(tmp_path):
    path = onnx_models.conv_bn_relu(tmp_path / "net.onnx")
    model = read_model(path)
    kinds = {node.get_friendly_name(): node.get_type_name() for node in model.get_ops()}
    assert kinds["conv"] == "Convolution"
    assert kinds["norm"] == "Add"
    assert "BatchNormInference" not in kinds.values()
    assert model.get_friendly_name() == "net"
    assert model.outputs[0].get_names() == {"logits"}
    data = images(1, (3, 8, 8))[0][None]
    np.testing.assert_allclose(run(model, data)[0], run(ov.Core().read_model(path), data)[0], rtol=1e-5, atol=1e-5)


def test_reading_a_file_twice_gives_the_same_model(tmp_path):
    path = onnx_models.conv_bn_relu(tmp_path / "net.onnx")
    assert text_from_model(read_model(path)) == text_from_model(read_model(path))


def test_a_frozen_tensorflow_graph_is_read(tmp_path):
    (tmp_path / "net.pb").write_bytes(onnx_models.tensorflow_graph())
    model = read_model(tmp_path / "net.pb")
    assert run(model, np.array([[-1, 0, 1, 2]], np.float32))[0].tolist() == [[0, 0, 1, 2]]
    assert "act" in names(model)


def test_weights_for_a_format_that_holds_them_itself_are_refused(tmp_path):
    path = onnx_models.conv_bn_relu(tmp_path / "net.onnx")
    with pytest.raises(ConfigError, match="holds its weights itself"):
        read_model(path, tmp_path / "net.bin")


def test_an_operation_that_openvino_does_not_know_is_named(tmp_path):
    nodes = [onnx_models.helper.make_node("Mystery", ["data"], ["logits"], name="riddle", domain="my.own")]
    path = onnx_models.save_onnx(tmp_path / "net.onnx", nodes, {}, [1], [1])
    with pytest.raises(ModelError, match="Mystery") as caught:
        read_model(path)
    assert ".cpp:" not in str(caught.value)


def test_anything_else_is_refused_with_what_would_do():
    with pytest.raises(ConfigError, match=r"from a int: expected a path, an openvino\.Model or a torch module"):
        read_model(7)


def test_repeated_names_are_mended_with_a_warning(tmp_path):
    model = tiny_cnn()
    for node in model.get_ops():
        if node.get_friendly_name() == "conv2":
            node.set_friendly_name("conv1")
    with pytest.warns(OpenPotWarning, match="'conv1'"):
        read = read_model(save(model, tmp_path))
    assert len(set(names(read))) == len(names(read))


def test_a_model_named_by_a_counter_gets_a_name_that_stays():
    data = op.parameter([2], np.float32, name="data")
    assert read_model(ov.Model([op.result(op.relu(data))], [data])).get_friendly_name() == "model"


def test_old_ir_versions_are_refused(tmp_path):
    path = save(tiny_cnn(), tmp_path)
    path.write_text(path.read_text().replace('version="11"', 'version="10"'))
    with pytest.raises(ModelError, match="IR of version 10"):
        read_model(path)


def test_names_that_need_escaping_survive(tmp_path):
    odd = "a<b>&\"c\"'d' |ü/😀"
    model = tiny_cnn()
    next(node for node in model.get_ops() if node.get_friendly_name() == "conv1").set_friendly_name(odd)
    (tmp_path / "ünï ordner").mkdir()
    assert odd in names(read_model(save(model, tmp_path / "ünï ordner")))
