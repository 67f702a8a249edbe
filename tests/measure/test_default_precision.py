"""What the precision that a device chooses by default does to the outputs."""

import pytest

from openpot.graph.read import read_model
from openpot.inference.compile import REFERENCE_PROPERTIES
from openpot.measure import default_precision
from openpot.measure.compare_outputs import compare_outputs
from openpot.measure.default_precision import measure_default_precision
from toy_models import images, tiny_cnn

FEEDS = [{0: image[None]} for image in images(4)]


def test_where_the_default_is_f32_there_is_nothing_to_measure(monkeypatch):
    monkeypatch.setattr(default_precision, "read_default_precision", lambda device: "f32")
    assert measure_default_precision(tiny_cnn(), tiny_cnn(), FEEDS) is None


def test_both_models_are_compared_with_exact_f32(monkeypatch):
    monkeypatch.setattr(default_precision, "read_default_precision", lambda device: "bf16")
    monkeypatch.setattr(default_precision, "BY_DEFAULT", REFERENCE_PROPERTIES)
    source, other = read_model(tiny_cnn()), read_model(tiny_cnn(seed=1))
    found = measure_default_precision(source, other, FEEDS)
    (distance,) = compare_outputs(source, other, FEEDS)
    assert (found.name, found.float_error, found.samples) == ("bf16", 0.0, 4)
    assert found.int8_error == pytest.approx(distance.relative)
