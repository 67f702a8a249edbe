import numpy as np
import pytest

from openpot.errors import AlreadyQuantizedError
from openpot.graph.snapshot_model import snapshot_from_model
from openpot.numerics.fake_quantize import FakeQuantizeLimits
from openpot.placement.place import PlacementRequest, plan_quantization
from openpot.placement.refuse_quantized import refuse_quantized_model
from openpot.rewrites.insert_fake_quantize import insert_fake_quantize
from snapshot_text import snapshot_from_text
from toy_models import tiny_cnn, worked_example

COMPRESSED = """
data = Parameter 1x8
coded = Constant 8x8 i8
float = Convert(coded) f32
scale = Constant 8x1
weights = Multiply(float, scale) 8x8
fc = MatMul(data, weights)
"""


@pytest.mark.parametrize("model", [tiny_cnn, worked_example])
def test_float_models_are_accepted(model):
    refuse_quantized_model(snapshot_from_model(model()))


def test_a_model_with_fake_quantize_is_refused():
    model = tiny_cnn()
    plan = plan_quantization(snapshot_from_model(model), PlacementRequest())
    limits = {one.name: FakeQuantizeLimits.from_range(-np.ones(()), np.ones(()), one.levels) for one in plan.quantizers}
    insert_fake_quantize(model, plan, limits)
    with pytest.raises(AlreadyQuantizedError, match="holds 6 FakeQuantize operations, the first is 'conv1/fq_input_0'"):
        refuse_quantized_model(snapshot_from_model(model))


def test_a_model_with_all_weights_compressed_is_refused():
    with pytest.raises(AlreadyQuantizedError, match=r"all 1 operations with weights have them in low precision.*i8"):
        refuse_quantized_model(snapshot_from_text(COMPRESSED))


def test_a_model_with_some_float_weights_is_accepted():
    refuse_quantized_model(snapshot_from_text(COMPRESSED + "w = Constant 8x8\nmore = MatMul(fc, w)"))


def test_a_model_without_weights_is_accepted():
    refuse_quantized_model(snapshot_from_text("data = Parameter 1x8\nout = MatMul(data, data)"))
