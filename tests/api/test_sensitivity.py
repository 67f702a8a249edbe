"""``openpot.sensitivity``."""

from concurrent.futures import ThreadPoolExecutor

import pytest

import openpot
from openpot.errors import DataError
from openpot.graph.text import text_from_model
from toy_models import images, tiny_cnn


def test_the_model_is_not_changed():
    model = tiny_cnn()
    before = text_from_model(model)
    openpot.sensitivity(model, images(8))
    assert text_from_model(model) == before


def test_nothing_to_quantize_is_no_error():
    found = openpot.sensitivity(tiny_cnn(), images(8), ignored_scope={"patterns": ["conv.*", "fc"]})
    assert (found.units, found.error) == ((), 0.0)


def test_too_few_samples_are_refused():
    with pytest.raises(DataError, match="at least 6 samples, got 3"):
        openpot.sensitivity(tiny_cnn(), images(3))


def test_workers_measure_the_same():
    expected = openpot.sensitivity(tiny_cnn(), images(8))
    with ThreadPoolExecutor(2) as executor:
        shared = openpot.sensitivity(tiny_cnn(), images(8), executor=executor)
    assert shared.to_dict() == expected.to_dict()
