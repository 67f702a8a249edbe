"""What goes back to float together, and how much work it is."""

import numpy as np
import pytest

from openpot.graph.multiplications import NOMINAL_SIZE
from openpot.graph.snapshot_model import snapshot_from_model
from openpot.search.units import estimate_work, find_units
from quantized_toys import quantized
from snapshot_text import snapshot_from_text
from toy_models import images, worked_example


@pytest.fixture(scope="module")
def toy():
    return quantized(worked_example(), images(3), average=False)


def units(toy, **options):
    planned = [one.planned for one in toy.done.quantizers]
    return find_units(snapshot_from_model(toy.reference), snapshot_from_model(toy.model), planned, "ANY", **options)


def test_every_quantizer_of_activations_is_in_one_unit_and_weights_of_convolutions_go_along(toy):
    named = [name for unit in units(toy) for name in unit.quantizers]
    snapshot = snapshot_from_model(toy.reference)
    weights = [one.planned for one in toy.done.quantizers if one.name not in toy.activations]
    of_convolutions = [
        one.name for one in weights if all(snapshot[reader.node].type != "MatMul" for reader in one.readers)
    ]
    assert 0 < len(of_convolutions) < len(weights)
    assert sorted(named) == sorted([*toy.activations, *of_convolutions])


def test_all_weights_go_along_where_that_is_wanted(toy):
    named = [name for unit in units(toy, with_weights=True) for name in unit.quantizers]
    assert sorted(named) == sorted(one.name for one in toy.done.quantizers)
    found = [unit.operations for unit in units(toy, with_weights=True)]
    alone = [unit.operations for unit in units(toy)]
    assert found[: len(alone)] == alone
    # A product of matrices whose weights alone are integers has a unit only where weights can go.
    assert found[len(alone) :] == ([] if ("fc",) in alone else [("fc",)])


def test_operations_that_read_one_quantizer_go_together(toy):
    (unit,) = [unit for unit in units(toy) if "conv4" in unit.operations]
    assert set(unit.operations) >= {"conv4", "deconv"}
    snapshot = snapshot_from_model(toy.reference)
    assert unit.work == sum(estimate_work(snapshot, name) for name in unit.operations)


@pytest.mark.parametrize(
    ("line", "weights", "expected"),
    [
        ("op = Convolution(x, w) 1x8x4x4", "8x3x3x3", 8 * 4 * 4 * 27),
        ("op = GroupConvolution(x, w) 1x8x4x4", "8x1x1x3x3", 8 * 4 * 4 * 9),
        ("op = ConvolutionBackpropData(x, w) 1x8x8x8", "3x8x2x2", 3 * 4 * 4 * 8 * 4),
        ("op = Relu(x)", "1", 0),
    ],
)
def test_work_is_the_number_of_multiplications(line, weights, expected):
    snapshot = snapshot_from_text(f"x = Parameter 1x3x4x4\nw = Constant {weights}\n{line}")
    assert estimate_work(snapshot, "op") == expected


def test_work_of_matrix_products_and_of_dynamic_sizes():
    text = "x = Parameter {}\nw = Constant 16x8\nop = MatMul(x, w) {}"
    assert estimate_work(snapshot_from_text(text.format("4x16", "4x8")), "op") == 4 * 8 * 16
    assert estimate_work(snapshot_from_text(text.format("?x16", "?x8")), "op") == NOMINAL_SIZE * 8 * 16


def test_units_without_multiplications_have_some_work_too(toy):
    assert all(unit.work >= 1 for unit in units(toy))
    assert np.isfinite([unit.work for unit in units(toy)]).all()
