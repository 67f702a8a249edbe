"""The demo's own measure of accuracy."""

import sys
from pathlib import Path

import numpy as np
import pytest

import openvino as ov
from openvino import opset13 as op

sys.path.insert(0, str(Path(__file__).parents[2] / "examples"))

from demo import accuracy
from file_types import LabelledFile


@pytest.fixture
def parity(tmp_path):
    """A model whose class is the first feature: 0 or 1."""
    x = op.parameter([-1, 2], np.int32)
    first = op.gather(x, op.constant(np.array([0])), op.constant(1))
    scores = op.concat([op.subtract(op.constant(np.int32(1)), first), first], 1)
    ov.save_model(ov.Model([op.result(scores)], [x]), tmp_path / "parity.xml")
    return tmp_path / "parity.xml"


def labelled(first, *labels):
    return LabelledFile(Path("x"), np.array([first, 7], np.int32), labels)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ([labelled(0, "even"), labelled(1, "odd")], 1.0),
        ([labelled(0, "odd"), labelled(1, "odd")], 0.5),
        ([labelled(0, "odd", "even"), labelled(1, "even"), labelled(1, "even"), labelled(1, "even")], 0.25),
    ],
    ids=["all-right", "half-right", "any-of-the-labels-counts"],
)
def test_accuracy_is_the_share_of_right_labels(parity, files, expected):
    assert accuracy(parity, files, ["even", "odd"]) == expected
