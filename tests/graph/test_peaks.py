"""Which outputs are read by their largest values."""

import pytest

from openpot.graph.peaks import is_read_by_peaks
from openpot.graph.tensor_id import TensorId
from snapshot_text import snapshot_from_text

IMAGE = "x = Parameter 1x3x64x64"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("end = Relu(x) 1x1000", True),
        ("end = Relu(x) 1x21x8x8", True),
        ("end = Relu(x) 1x896x1", True),
        ("end = Relu(x) 1x4", False),
        ("end = Relu(x) 1x3x64x64", False),
        ("end = Relu(x) 1x3x128x128", False),
        ("end = Relu(x) 1x64x64x1", False),
        ("end = Relu(x) 1x3x?x?", False),
        ("end = Tanh(x) 1x1000", False),
        ("end = Sigmoid(x) 1x1000", False),
    ],
)
def test_scores_and_heat_maps_are_images_and_bounded_values_are_not(line, expected):
    assert is_read_by_peaks(snapshot_from_text(f"{IMAGE}\n{line}"), TensorId("end")) is expected


def test_what_only_moves_values_is_looked_through():
    text = f"{IMAGE}\nbounded = Tanh(x) 1x1000\norder = Constant 1 i64\nend = Reshape(bounded, order) 1000"
    assert not is_read_by_peaks(snapshot_from_text(text), TensorId("end"))
