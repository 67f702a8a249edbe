"""Folding and refusing before quantization."""

import numpy as np
import pytest

import openvino as ov
from openpot.algorithms.prepared_model import prepare_model, require_unquantized
from openpot.errors import AlreadyQuantizedError
from openpot.graph.edit import ModelEditor
from openpot.graph.model import CompressedModel
from openpot.graph.tensor_id import TensorId
from openvino import opset13 as op
from toy_models import conv, images, normal, run, tiny_cnn


def scaled_model():
    rng = np.random.default_rng(0)
    data = op.parameter([1, 3, 16, 16], np.float32, name="data")
    x = conv(data, normal(rng, 4, 3, 3, 3), "conv")
    x = op.multiply(x, op.constant(normal(rng, 1, 4, 1, 1), name="gamma"), name="scale")
    x = op.add(x, op.constant(normal(rng, 1, 4, 1, 1), name="beta"), name="shift")
    return ov.Model([op.result(op.relu(x, name="relu"), name="result")], [data], "scaled")


def quantized():
    data = op.parameter([1, 3], np.float32, name="data")
    ends = [op.constant(np.float32(end), name=f"end{i}") for i, end in enumerate((-1, 1, -1, 1))]
    return ov.Model([op.result(op.fake_quantize(data, *ends, 256, name="fq"))], [data], "quantized")


def test_batch_norm_is_folded_and_the_outputs_stay():
    model = CompressedModel(graph=scaled_model())
    prepare_model(model)
    assert not model.snapshot().nodes_of_type("Multiply")
    assert model.provenance.folded == {"conv": "scale"}  # OpenVINO gives the name of the last one to the whole
    (sample,) = images(1)
    np.testing.assert_allclose(
        run(model.members[0].model, sample[None])[0], run(scaled_model(), sample[None])[0], atol=1e-5
    )


def test_preparing_twice_changes_nothing_more():
    model = CompressedModel(graph=scaled_model())
    prepare_model(model)
    snapshot = model.snapshot()
    prepare_model(model)
    assert model.snapshot() is snapshot


def test_a_copy_of_a_prepared_model_is_prepared_until_it_changes():
    model = CompressedModel(graph=scaled_model())
    prepare_model(model)
    twin = model.copy()
    snapshot = twin.snapshot()
    prepare_model(twin)
    assert twin.snapshot() is snapshot
    with ModelEditor(twin.members[0].model) as editor:
        editor.insert_after(TensorId("relu"), lambda data: op.multiply(data, op.constant(np.float32(2)), name="twice"))
    snapshot = twin.snapshot()
    prepare_model(twin)
    assert twin.snapshot() is not snapshot


def test_preparing_a_copy_again_would_change_nothing():
    model = CompressedModel(graph=scaled_model())
    prepare_model(model)
    twin = model.copy()
    twin.provenance.prepared.clear()
    prepare_model(twin)
    assert list(twin.snapshot().nodes.values()) == list(model.snapshot().nodes.values())


def test_quantized_models_are_refused_by_name_of_the_quantizer():
    with pytest.raises(AlreadyQuantizedError, match="1 FakeQuantize operations, the first is 'fq'"):
        require_unquantized(CompressedModel(graph=quantized()))


def test_models_in_floating_point_pass():
    require_unquantized(CompressedModel(graph=tiny_cnn()))
