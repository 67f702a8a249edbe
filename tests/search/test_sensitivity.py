"""Which operations lose most in INT8."""

import openpot
from toy_models import images, tiny_cnn


def test_every_operation_is_tried_alone_and_left_out():
    result = openpot.sensitivity(tiny_cnn(), images(12))
    assert {name for unit in result.units for name in unit.operations} == {"conv1", "conv2", "fc"}
    assert [unit.alone for unit in result.units] == sorted((unit.alone for unit in result.units), reverse=True)
    assert abs(sum(unit.work_share for unit in result.units) - 1) < 1e-9
    assert all(0 < unit.alone < 2 * result.error for unit in result.units)


def test_one_operation_is_all_of_it():
    result = openpot.sensitivity(tiny_cnn(), images(12), ignored_scope=["conv1", "conv2"])
    (unit,) = result.units
    assert (unit.operations, unit.alone) == (("fc",), result.error)
    assert unit.without < 1e-5
