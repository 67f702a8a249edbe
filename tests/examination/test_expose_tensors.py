"""Values of tensors inside a model."""

import numpy as np

from openpot.examination.expose_tensors import infer_tensors
from openpot.graph.tensor_id import TensorId
from toy_models import images, run, tiny_cnn


def test_values_are_those_of_the_model_which_stays_as_it_was():
    model, samples = tiny_cnn(), images(3)
    before = [node.get_friendly_name() for node in model.get_ordered_ops()]
    inner = list(infer_tensors(model, [TensorId("relu1"), TensorId("fc_bias")], [{0: s[None]} for s in samples]))
    assert [row[0].shape for row in inner] == [(1, 8, 16, 16)] * 3
    for row, sample in zip(inner, samples, strict=True):
        np.testing.assert_allclose(row[1], run(model, sample[None])[0], atol=1e-5)
    assert [node.get_friendly_name() for node in model.get_ordered_ops()] == before
