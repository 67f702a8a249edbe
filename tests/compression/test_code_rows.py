import numpy as np
import pytest

from openpot.compression.choose_formats import WeightChoice
from openpot.compression.code_rows import code_rows
from openpot.compression.weight_tensors import Role, WeightTensor
from openpot.graph.tensor_id import InputId, TensorId
from openpot.numerics.rounding_with_feedback import factor_moments, round_with_feedback
from openpot.numerics.weight_grid import fit_grid, restore
from openpot.weight_formats import find_format


@pytest.mark.parametrize("name", ["int4_asym", "nf4"])
def test_no_row_loses_more_than_on_the_whole_range(name):
    rng = np.random.default_rng(0)
    rows = (rng.standard_normal((400, 20)) @ rng.standard_normal((20, 96))).astype(np.float32)
    moments = rows.T.astype(np.float64) @ rows + 40 * np.eye(96)
    targets = (rng.standard_t(4, (16, 96)) * 0.1).astype(np.float32)
    weights = WeightTensor(TensorId("w"), (InputId("fc", 1),), (16, 96), 1, Role.LAYER)
    choice = WeightChoice(weights, find_format(name), 32, "")
    factor = factor_moments(moments)
    grid, codes = code_rows(targets, choice, moments, factor, half_scales=True)
    error = restore(codes, grid).reshape(16, 96) - targets
    loss = np.einsum("ri,ij,rj->r", error, moments, error)
    whole = fit_grid(targets.reshape(16, -1, 32), choice.weight_format, searches=False)
    _, former = round_with_feedback(targets, whole, choice.weight_format, factor)
    assert (loss <= former * 1.001).all()
    assert loss.sum() < 0.97 * former.sum()
    assert np.array_equal(grid.scale, grid.scale.astype(np.float16))
