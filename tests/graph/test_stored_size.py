"""The size of a model on disk."""

import numpy as np

import openvino as ov
from openpot.graph.stored_size import stored_size
from openvino import opset13 as op
from toy_models import tiny_cnn


def test_size_is_that_of_the_bin_file(tmp_path):
    model = tiny_cnn()
    ov.save_model(model, tmp_path / "m.xml", compress_to_fp16=False)
    stored = (tmp_path / "m.bin").stat().st_size
    assert 0 <= stored - stored_size(model) < 64, "only padding and one-byte extras may lie between"


def test_eight_bit_weights_count_one_byte_each():
    x = op.parameter([4], np.float32)
    weights = op.convert(op.constant(np.ones(1000, np.int8)), "f32")
    model = ov.Model([op.result(op.reduce_sum(op.multiply(op.concat([x] * 250, 0), weights), [0]))], [x])
    assert 1000 < stored_size(model) < 1000 + 64


def test_constants_inside_a_loop_count():
    body_x = op.parameter([1, 4], np.float32)
    added = op.add(body_x, op.constant(np.ones((1, 4), np.float32)))
    body = ov.Model([op.result(added)], [body_x])
    x = op.parameter([3, 4], np.float32)
    loop = op.tensor_iterator()
    loop.set_body(body)
    loop.set_sliced_input(body_x, x.output(0), 0, 1, 1, -1, 0)
    out = loop.get_concatenated_slices(body.get_results()[0].output(0), 0, 1, 1, -1, 0)
    model = ov.Model([op.result(out)], [x])
    assert stored_size(model) == 16
