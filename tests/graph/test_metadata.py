import pytest

import openvino as ov
from openpot.graph.edit import set_metadata
from openpot.graph.metadata import model_info, section
from toy_models import tiny_cnn


def test_a_section_in_memory_keeps_its_types_and_one_from_a_file_has_texts(tmp_path):
    model = tiny_cnn()
    for key, value in (("scale_values", [255.0, 1.0]), ("pad_value", 114), ("reverse_input_channels", True)):
        model.set_rt_info(value, ["model_info", key])
    assert model_info(model) == {"scale_values": [255.0, 1.0], "pad_value": 114, "reverse_input_channels": True}
    ov.save_model(model, tmp_path / "m.xml")
    back = model_info(ov.Core().read_model(tmp_path / "m.xml"))
    assert back == {"scale_values": "255 1", "pad_value": "114", "reverse_input_channels": "YES"}


def test_a_model_without_a_section_has_nothing_to_say():
    assert model_info(tiny_cnn()) == {}


@pytest.mark.parametrize("value", ["a text", 7])
def test_something_else_of_that_name_is_no_section(value):
    model = tiny_cnn()
    model.set_rt_info(value, "model_info")
    assert section(model, "model_info") == {}


def test_metadata_of_an_onnx_file_count():
    model = tiny_cnn()
    set_metadata(model, {"model_info scale_values": "255", "stride": "32"}, "framework")
    assert model_info(model) == {"scale_values": "255"}
    set_metadata(model, {"scale_values": "1"}, "model_info")
    assert model_info(model) == {"scale_values": "1"}
