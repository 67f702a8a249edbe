"""The parameters of quantization without data."""

import pytest
from pydantic import ValidationError

from openpot.config.data_free import DataFreeEngineConfig, DataFreeQuantizationConfig


def test_defaults():
    config = DataFreeQuantizationConfig()
    assert (config.preset, config.image_values, config.image_size) == ("performance", "auto", (224, 224))
    engine = DataFreeEngineConfig()
    assert (engine.generate_data, engine.layout, engine.data_type, engine.image_values) == (
        True, "NCHW", "image", "0..255",
    )  # fmt: skip


@pytest.mark.parametrize("shape", ["[3, 224, 200]", "3x224x200", [1, 3, 224, 200], (3, 224, 200)], ids=str)
def test_shapes_come_in_many_spellings(shape):
    assert DataFreeEngineConfig(shape=shape).shape == (3, 224, 200)


@pytest.mark.parametrize(
    ("model", "params"),
    [
        (DataFreeQuantizationConfig, {"image_values": "0-255"}),
        (DataFreeQuantizationConfig, {"image_size": (0, 4)}),
        (DataFreeEngineConfig, {"shape": "[3, 224]"}),
        (DataFreeEngineConfig, {"shape": [3, 0, 4]}),
        (DataFreeEngineConfig, {"data_type": "sound"}),
        (DataFreeEngineConfig, {"subset_size": 0}),
    ],
    ids=str,
)
def test_impossible_values_are_refused(model, params):
    with pytest.raises(ValidationError):
        model(**params)
