import numpy as np
import pytest

import openvino as ov
from openpot.inference.input_layouts import list_declared_layouts
from openvino import opset13 as op


@pytest.mark.parametrize(
    ("layout", "expected"),
    [("NHWC", {"x": "NHWC"}), ("[N,C,H,W]", {"x": "NCHW"}), ("N...", {}), (None, {})],
)
def test_a_layout_counts_where_it_is_declared_in_full(layout, expected):
    x = op.parameter([1, 3, 3, 3], np.float32, name="x")
    if layout:
        x.set_layout(ov.Layout(layout))
    assert list_declared_layouts(ov.Model([op.result(op.relu(x))], [x], "m")) == expected
