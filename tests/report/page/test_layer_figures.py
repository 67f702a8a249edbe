"""Ranges, errors and times of layers."""

import pytest

from openpot.examination.records import Examination, Histogram, LayerNoiseRecord, LayerTimeRecord, TensorRecord
from openpot.report.page.layer_figures import list_layer_columns

TENSOR = TensorRecord("x", "activations", ("conv",), -1.0, 2.0, -1.0, 2.0, 0.0125, Histogram(-2.0, 3.0, (1,)))
WEIGHTS = TensorRecord("w", "weights", ("conv",), -9.0, 9.0, -1.0, 2.0, None, Histogram(-2.0, 3.0, (1,)))
LOOK = Examination(
    4,
    tensors=(WEIGHTS, TENSOR),
    layers=(LayerNoiseRecord("conv", 0.1, 0.05, None, 0.2),),
    times=(LayerTimeRecord("conv", 30.4, 12.0),),
)


@pytest.mark.parametrize(
    ("heading", "shown"),
    [
        ("range of its input", "-1 to 2"),
        ("clipped", "1.25%"),
        ("error it adds", "0.1000"),
        ("by weights, by input", "0.0500, ?"),
        ("error that has gathered", "0.2000"),
        ("time before, after", "30 µs, 12 µs"),
    ],
)
def test_columns_show_the_figures_of_a_layer_and_nothing_of_others(heading, shown):
    column = dict(list_layer_columns(LOOK))[heading]
    assert column("conv") == shown
    assert column("other") == ""


def test_columns_without_figures_are_left_out():
    assert list_layer_columns(None) == []
    assert list_layer_columns(Examination(0)) == []
