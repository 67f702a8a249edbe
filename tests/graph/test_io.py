from pathlib import Path

import pytest

import openvino as ov
from openpot.attribute_dict import AttributeDict
from openpot.errors import MissingFileError
from openpot.graph.io import load_model, save_model
from toy_models import images, run, tiny_cnn

DATA = images(1)[0][None]


@pytest.mark.parametrize("kind", [dict, AttributeDict])
@pytest.mark.parametrize("path", [str, Path])
def test_a_model_is_loaded_and_saved_as_pot_did(tmp_path, kind, path):
    ov.save_model(tiny_cnn(), tmp_path / "small.xml", False)
    config = kind({"model_name": "net", "model": path(tmp_path / "small.xml"), "weights": path(tmp_path / "small.bin")})
    model = load_model(model_config=config, target_device="CPU")
    assert (model.name, model.target_device) == ("net", "CPU")
    answer = save_model(model=model, save_path=str(tmp_path / "out"), model_name="renamed")
    expected = {"model": str(tmp_path / "out" / "renamed.xml"), "weights": str(tmp_path / "out" / "renamed.bin")}
    assert answer == [expected]
    assert (run(ov.Core().read_model(answer[0]["model"]), DATA)[0] == run(tiny_cnn(), DATA)[0]).all()


def test_without_a_name_the_file_is_called_like_the_network(tmp_path):
    model = load_model({"model_name": "net", "model": tiny_cnn()})
    assert save_model(model, tmp_path)[0]["model"] == str(tmp_path / "tiny.xml")


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(MissingFileError, match=r"no model at .*nowhere\.xml"):
        load_model({"model_name": "net", "model": tmp_path / "nowhere.xml", "weights": tmp_path / "nowhere.bin"})
