import pytest

import openpot
from openpot.engine.openvino_engine import IEEngine
from openpot.graph.model import CompressedModel
from openpot.legacy.quantized_operations import count_quantized_operations
from toy_engines import labelled_images
from toy_models import tiny_cnn


@pytest.mark.parametrize(("ignored", "expected"), [([], 4), (["fc"], 3), (["conv1", "conv2", "fc", "pool"], 0)])
def test_operations_that_read_quantized_values_count(ignored, expected):
    model = CompressedModel(graph=tiny_cnn())
    assert count_quantized_operations(model) == 0
    params = {"placement": "pot", "stat_subset_size": 4, "ignored": {"scope": ignored}}
    engine = IEEngine({}, labelled_images(4))
    openpot.create_pipeline([{"name": "MinMaxQuantization", "params": params}], engine).run(model)
    assert count_quantized_operations(model) == expected
