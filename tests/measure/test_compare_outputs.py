import numpy as np
import pytest

from distance_formulas import relative_error
from openpot.errors import DataError, ModelError
from openpot.inference.compile import compile_model
from openpot.measure.compare_outputs import compare_outputs
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
