"""An engine that makes its own data."""

import numpy as np
import pytest
from PIL import Image

from openpot.engine.data_free_engine import DataFreeEngine
from openpot.errors import ConfigError
from openpot.graph.model import CompressedModel
from openpot.recipes.default_quantization import DefaultQuantization
from toy_models import images, run, tiny_cnn

PICTURES = {"type": "data_free", "device": "CPU", "shape": "[3, 16, 16]", "subset_size": 8, "image_values": "-1..1"}


def test_a_model_is_quantized_without_any_data():
    model = tiny_cnn()
    held = DefaultQuantization({}, DataFreeEngine(PICTURES)).run(CompressedModel(graph=model))
    assert held.snapshot().nodes_of_type("FakeQuantize")
    sample = np.clip(images(1)[0][None], -1, 1)
    np.testing.assert_allclose(run(held.members[0].model, sample)[0], run(model, sample)[0], atol=0.3)


def test_pictures_follow_layout_and_number():
    engine = DataFreeEngine({**PICTURES, "layout": "NHWC", "shape": [10, 12, 3]})
    assert len(engine.data_loader) == 8
    assert engine.data_loader[0][0].shape == (10, 12, 3)
    assert engine.metric is None
    turned = DataFreeEngine({**PICTURES, "layout": "CWH", "shape": [3, 10, 12]}).data_loader
    assert (turned.shape.height, turned.shape.width, turned[0][0].shape) == (12, 10, (3, 10, 12))


def test_a_folder_of_images_is_read_where_nothing_is_made(tmp_path):
    Image.new("RGB", (8, 6)).save(tmp_path / "a.png")
    engine = DataFreeEngine({"generate_data": False, "data_source": tmp_path})
    assert engine.data_loader[0][0].shape == (3, 6, 8)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({}, "shape is missing"),
        ({"generate_data": False}, "data_source must name a folder"),
        ({"shape": [3, 8, 8], "layout": "WHC"}, "layout 'WHC' is not supported"),
        ({"shape": [3, 8, 8], "data_type": "sound"}, "data_type"),
    ],
    ids=str,
)
def test_what_is_missing_is_said(config, message):
    with pytest.raises(ConfigError, match=message):
        DataFreeEngine(config)
