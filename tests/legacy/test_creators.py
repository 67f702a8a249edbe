from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

import openvino as ov
from openpot.engine.data_free_engine import DataFreeEngine
from openpot.engine.simplified_engine import SimplifiedEngine
from openpot.errors import ConfigError, DataError
from openpot.legacy.creators import create_data_loader, create_engine
from openvino import opset13 as op


@pytest.fixture
def folder(tmp_path):
    red = np.zeros((20, 30, 3), np.uint8)
    red[..., 0] = 200
    Image.fromarray(red).save(tmp_path / "red.png")
    return tmp_path


def model_of(*shapes):
    parameters = [op.parameter(list(shape), np.float32, name=f"input{n}") for n, shape in enumerate(shapes)]
    results = [op.result(op.relu(one), name=f"out{n}") for n, one in enumerate(parameters)]
    return SimpleNamespace(members=[SimpleNamespace(model=ov.Model(results, parameters, "model"))])


def test_simplified_engine_is_made_from_its_section():
    engine = create_engine({"type": "simplified", "device": "CPU"}, data_loader=[1], metric=None)
    assert isinstance(engine, SimplifiedEngine)
    assert engine.config.type == "simplified"


def test_an_engine_can_make_its_data():
    engine = create_engine({"type": "data_free", "device": "CPU", "shape": [3, 8, 8], "subset_size": 5})
    assert isinstance(engine, DataFreeEngine)
    assert len(engine.data_loader) == 5


@pytest.mark.parametrize(("kind", "hint"), [("accuracy_checker", "Accuracy Checker"), ("cloud", "type 'cloud'")])
def test_other_engines_are_refused(kind, hint):
    with pytest.raises(ConfigError, match=hint):
        create_engine({"type": kind})


@pytest.mark.parametrize(
    ("shapes", "expected"),
    [
        ([(1, 3, 16, 8)], (3, 16, 8)),
        ([(1, 16, 8, 3)], (16, 8, 3)),
        ([(1, 1, 16, 8)], (1, 16, 8)),
        ([(1, 3, 16, 8), (1, 3)], (3, 16, 8)),
    ],
    ids=["channels first", "channels last", "grey", "with size input"],
)
def test_images_take_the_shape_of_the_input(folder, shapes, expected):
    image, annotation, _ = create_data_loader({"data_source": str(folder)}, model_of(*shapes))[0]
    assert (image.shape, image.dtype, annotation) == (expected, np.uint8, None)


def test_colours_are_bgr(folder):
    image, _, _ = create_data_loader({"data_source": folder}, model_of((1, 3, 16, 16)))[0]
    assert [int(channel.max()) for channel in image] == [0, 0, 200]


def test_layout_may_be_given(folder):
    loader = create_data_loader({"data_source": folder, "layout": "NHWC"}, model_of((1, 3, 16, 3)))
    assert loader[0][0].shape == (3, 16, 3)


def test_models_without_image_input_are_refused(folder):
    with pytest.raises(DataError, match="input0"):
        create_data_loader({"data_source": folder}, model_of((1, 8)))
