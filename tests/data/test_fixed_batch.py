"""Which data sets give single samples to models that take a fixed number."""

import numpy as np
import pytest

from openpot.data.fixed_batch import compute_missing_factor, find_fixed_batch
from openpot.data.input_description import InputDescription
from openpot.data.sample import Sample


def given(name, *shape):
    return InputDescription(name, frozenset({name}), shape)


IMAGE = given("image", 4, 3, 8, 8)


@pytest.mark.parametrize(
    ("inputs", "shapes", "count", "factor"),
    [
        ([IMAGE], [(3, 8, 8)], 1, 4),
        ([IMAGE], [(1, 3, 8, 8)], 1, 4),
        ([IMAGE], [(4, 3, 8, 8)], 1, 1),
        ([IMAGE], [(2, 3, 8, 8)], 1, 1),
        ([IMAGE], [(3, 8, 8)], 2, 2),
        ([IMAGE], [(3, 8, 8)], 3, 1),
        ([IMAGE], [(3, 8, 7)], 1, 1),
        ([given("image", 1, 3, 8, 8)], [(3, 8, 8)], 1, 1),
        ([given("image", None, 3, 8, 8)], [(3, 8, 8)], 1, 1),
        ([IMAGE, given("mask", 4, 8)], [(3, 8, 8), (8,)], 1, 4),
        ([IMAGE, given("mask", None, 8)], [(3, 8, 8), (8,)], 1, 4),
        ([IMAGE, given("step", 1)], [(3, 8, 8), (1,)], 1, 4),
        ([IMAGE, given("step")], [(3, 8, 8), ()], 1, 4),
        ([IMAGE, given("anchors", 1, 8)], [(3, 8, 8), (8,)], 1, 1),
        ([given("vector", 16)], [(16,)], 1, 1),
    ],
)
def test_how_many_times_as_many_samples_an_inference_takes(inputs, shapes, count, factor):
    sample = Sample(0, {one.name: np.zeros(shape, np.float32) for one, shape in zip(inputs, shapes, strict=True)})
    assert compute_missing_factor(inputs, [sample] * count) == factor


def test_a_batch_on_another_axis():
    tokens = given("tokens", 16, 4, 8)
    sample = Sample(0, np.zeros((16, 1, 8), np.float32))
    assert compute_missing_factor([tokens], [sample], batch_dim=1) == 4


@pytest.mark.parametrize(("shape", "batch"), [((4, 3), 4), ((1, 3), 1), ((None, 3), None), ((1,), None), ((), None)])
def test_a_vector_of_one_number_is_no_batch(shape, batch):
    assert find_fixed_batch(given("x", *shape), 0) == batch
