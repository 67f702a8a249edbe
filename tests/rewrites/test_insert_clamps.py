"""Clamp operations behind tensors."""

import numpy as np
import pytest

from openpot.errors import ModelError, UnknownNameError
from openpot.graph.snapshot_model import snapshot_from_model
from openpot.graph.tensor_id import TensorId
from openpot.rewrites.insert_clamps import insert_clamps
from toy_models import images, run, tiny_cnn


def test_all_readers_read_the_limited_tensor():
    model = tiny_cnn()
    result = insert_clamps(model, {TensorId("relu1"): (0.0, 0.5), TensorId("fc_bias"): (-0.1, 0.1)})
    assert result.inserted == ("relu1/min_max_Clamp", "fc_bias/min_max_Clamp")
    snapshot = snapshot_from_model(model)
    assert snapshot["conv2"].inputs[0] == TensorId("relu1/min_max_Clamp")
    assert snapshot["result"].inputs[0] == TensorId("fc_bias/min_max_Clamp")
    assert model.output("logits")
    assert np.abs(run(model, images(1)[0][None])[0]).max() <= 0.1


@pytest.mark.parametrize(
    ("ranges", "error", "message"),
    [
        ({TensorId("relu1"): (1.0, 0.0)}, ModelError, "the range is empty"),
        ({TensorId("relu1"): (float("nan"), 0.0)}, ModelError, "the range is empty"),
        ({TensorId("relu9"): (0.0, 1.0)}, UnknownNameError, "relu9"),
    ],
    ids=["empty", "not a number", "unknown"],
)
def test_what_cannot_be_done_changes_nothing(ranges, error, message):
    model = tiny_cnn()
    with pytest.raises(error, match=message):
        insert_clamps(model, {TensorId("relu2"): (0.0, 1.0), **ranges})
    assert not snapshot_from_model(model).nodes_of_type("Clamp")


def test_a_tensor_is_limited_once():
    model = tiny_cnn()
    insert_clamps(model, {TensorId("relu1"): (0.0, 1.0)})
    with pytest.raises(ModelError, match="already"):
        insert_clamps(model, {TensorId("relu1"): (0.0, 1.0)})
