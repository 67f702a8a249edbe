from types import SimpleNamespace

import pytest

from openpot.config.hardware import load_hardware_table
from openpot.legacy import operation_lists


def test_agnostic_operations_are_those_of_the_cpu_table():
    listed = {entry["type"] for entry in operation_lists.QUANTIZE_AGNOSTIC_OPERATIONS}
    assert listed == set(load_hardware_table("CPU").agnostic)


@pytest.mark.parametrize(("kind", "expected"), [("Add", True), ("LogicalXor", True), ("Convolution", False)])
def test_element_wise_operations_are_told_by_type(kind, expected):
    assert operation_lists.is_eltwise(SimpleNamespace(type=kind)) is expected


def test_entries_are_dicts_with_a_type():
    assert {"type": "MatMul"} in operation_lists.OPERATIONS_WITH_WEIGHTS
    assert operation_lists.TRANSPOSED_OPERATIONS == [{"type": "ConvolutionBackpropData"}]
    assert operation_lists.TYPES_TO_QUANTIZABLE_PORTS["GRUSequence"] == [0, 1, 3, 4]
