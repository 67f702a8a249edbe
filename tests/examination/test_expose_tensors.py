"""Values of tensors inside a model."""

import numpy as np

from openpot.examination.expose_tensors import infer_tensors, split_into_sequences
from openpot.graph.tensor_id import TensorId
from openpot.inference.feeds import NextStep
from stream_models import run_stream, stream_model, streams
from toy_models import images, run, tiny_cnn


def test_values_are_those_of_the_model_which_stays_as_it_was():
    model, samples = tiny_cnn(), images(3)
    before = [node.get_friendly_name() for node in model.get_ordered_ops()]
    inner = list(infer_tensors(model, [TensorId("relu1"), TensorId("fc_bias")], [{0: s[None]} for s in samples]))
    assert [row[0].shape for row in inner] == [(1, 8, 16, 16)] * 3
    for row, sample in zip(inner, samples, strict=True):
        np.testing.assert_allclose(row[1], run(model, sample[None])[0], atol=1e-5)
    assert [node.get_friendly_name() for node in model.get_ordered_ops()] == before


def test_steps_that_go_on_stay_together():
    first, second, other = {0: 1}, NextStep({0: 2}), {0: 3}
    assert split_into_sequences([first, second, other]) == [[first, second], [other]]


def test_a_state_is_carried_from_step_to_step():
    model, (stream,) = stream_model(), streams(1, length=3)
    together = [{0: stream[0]}, NextStep({0: stream[1]}), NextStep({0: stream[2]})]
    name = model.outputs[0].get_node().input_value(0).get_node().get_friendly_name()
    values = [row[0] for row in infer_tensors(model, [TensorId(name)], together)]
    np.testing.assert_allclose(values, run_stream(model, stream), atol=1e-5)
