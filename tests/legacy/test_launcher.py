from types import SimpleNamespace

import numpy as np
import pytest

import openvino as ov
from openpot.errors import DataError, DeviceError, EngineError, UnknownNameError
from openpot.legacy.launcher import IELauncher
from openvino import opset13 as op
from toy_models import images, tiny_cnn


def compressed(*models):
    """As much of a CompressedModel as launching needs."""
    members = [SimpleNamespace(model=model) for model in models]
    return SimpleNamespace(members=members, is_cascade=len(models) > 1)


@pytest.fixture
def image():
    return images(1)[0][None]


def test_results_come_under_every_name_of_an_output(image):
    launcher = IELauncher()
    launcher.set_model(compressed(tiny_cnn()))
    results = launcher.infer({"data": image})
    expected = ov.Core().compile_model(tiny_cnn(), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})(image)[0]
    assert set(results) == {"logits", "result", "fc_bias", "fc_bias.0"}
    np.testing.assert_allclose(results["fc_bias"], expected, rtol=1e-5, atol=1e-6)


def test_more_outputs_are_asked_for_by_node(image):
    model, launcher = tiny_cnn(), IELauncher("CPU")
    launcher.set_model(compressed(model), output_names=["relu1", ("conv2", 0)])
    results = launcher.infer({"data": image})
    assert results["relu1"].shape == results["conv2"].shape == (1, 8, 16, 16)
    assert len(model.outputs) == 1, "the model that was given keeps its outputs"


def test_output_of_a_node_with_several_has_its_number():
    data = op.parameter([2, 4], np.float32, name="data")
    split = op.split(data, op.constant(np.int64(1)), 2, name="split")
    model = ov.Model([op.result(split.output(1), name="right")], [data], "split")
    launcher = IELauncher()
    launcher.set_model(compressed(model))
    assert launcher.infer({"data": np.arange(8.0).reshape(2, 4)})["split.1"].tolist() == [[2, 3], [6, 7]]


def test_inputs_take_new_shapes(image):
    launcher = IELauncher()
    launcher.set_model(compressed(tiny_cnn()), md_shapes={"data": [2, 3, 16, 16]})
    assert launcher.infer({"data": np.repeat(image, 2, axis=0)})["logits"].shape == (2, 5)


def test_cascades_are_refused():
    with pytest.raises(EngineError, match="cascade"):
        IELauncher().set_model(compressed(tiny_cnn(), tiny_cnn()))


def test_inference_without_model_is_refused(image):
    with pytest.raises(EngineError, match="set_model"):
        IELauncher().infer({"data": image})


@pytest.mark.parametrize(
    ("inputs", "hint"), [({}, "data"), ({"date": 1}, "did you mean 'data'")], ids=["missing", "unknown"]
)
def test_wrong_inputs_are_named(inputs, hint):
    launcher = IELauncher()
    launcher.set_model(compressed(tiny_cnn()))
    with pytest.raises(DataError, match=hint):
        launcher.infer(inputs)


def test_unknown_nodes_and_devices_are_named():
    with pytest.raises(UnknownNameError, match="relu1"):
        IELauncher().set_model(compressed(tiny_cnn()), output_names=["relu_1"])
    with pytest.raises(DeviceError, match="FPGA"):
        IELauncher("FPGA")
