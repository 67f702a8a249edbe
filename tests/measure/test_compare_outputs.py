import numpy as np
import pytest

import openvino as ov
from distance_formulas import relative_error
from openpot.errors import DataError, ModelError
from openpot.inference.compile import compile_model
from openpot.measure.compare_outputs import compare_outputs
from openvino import opset13 as op
from toy_models import images, tiny_cnn, worked_example


def feeds(count=11):
    return [{0: image[None]} for image in images(count)]


def test_a_model_is_no_distance_from_itself():
    (distance,) = compare_outputs(tiny_cnn(), tiny_cnn(), feeds())
    assert (distance.output, distance.relative, distance.sqnr_db, distance.samples) == ("result", 0, None, 11)


def test_samples_are_paired_whatever_the_number_of_requests():
    first, second = tiny_cnn(seed=0), tiny_cnn(seed=1)
    (distance,) = compare_outputs(first, second, iter(feeds()))
    outputs = [[compile_model(model, "CPU")(feed)[0] for feed in feeds()] for model in (first, second)]
    expected = relative_error(*(np.stack(values) for values in outputs))
    assert distance.relative == pytest.approx(expected, rel=1e-6)


def test_models_with_different_numbers_of_outputs_are_refused():
    model = tiny_cnn()
    model.add_outputs([("relu1", 0)])
    with pytest.raises(ModelError, match="1 and 2 outputs"):
        compare_outputs(tiny_cnn(), model, feeds())


def test_nothing_to_compare_on_is_an_error():
    with pytest.raises(DataError, match="at least one feed"):
        compare_outputs(worked_example(), worked_example(), [])


def detector(reverses=False):
    """data[1,3,16,16] -> boxes and scores of 192 places -> NonMaxSuppression; may give its rows in the other order."""
    rng = np.random.default_rng(0)
    number = lambda value, kind=np.int64: op.constant(np.array(value, kind))  # noqa: E731
    data = op.parameter([1, 3, 16, 16], np.float32, name="data")
    flat = op.reshape(data, number([1, 192, 4]), False)
    corners = op.matmul(flat, number(rng.random((4, 2)), np.float32), False, False)
    boxes = op.concat([corners, op.add(corners, number(1, np.float32))], 2)
    products = op.matmul(flat, number(np.eye(4), np.float32), False, False)
    scores = op.reshape(op.reduce_max(products, number([2])), number([1, 1, 192]), False)
    rows = op.non_max_suppression(boxes, scores, number(9), number(0.5, np.float32), box_encoding="corner")
    chosen = op.gather(rows.output(1), number(np.arange(9)[::-1]), number(0)) if reverses else rows.output(1)
    best = op.topk(scores, number(1), 2, "max", "value").output(1)
    return ov.Model([op.result(end) for end in (chosen, rows.output(2), best)], [data])


def test_chosen_rows_are_compared_as_sets_counts_as_quantities_and_whole_numbers_as_labels():
    rows, count, best = compare_outputs(detector(), detector(reverses=True), feeds())
    assert [seen.comparison for seen in (rows, count, best)] == ["rows", "values", "labels"]
    assert rows.relative == best.relative == 0
    assert (rows.samples, rows.skipped) == (11, 0)
