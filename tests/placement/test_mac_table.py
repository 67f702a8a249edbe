import pytest

from openpot.config.hardware import ALL_INPUTS, load_hardware_table
from openpot.config.target_devices import find_target_device
from openpot.placement.mac_table import build_mac_table
from openpot.scheme import QuantizationMode


def modes(configs):
    return [str(config.mode) for config in configs]


def test_only_multiply_accumulate_operations_take_quantizers():
    table = build_mac_table(load_hardware_table("CPU"), find_target_device("CPU"))
    kept = {entry.type for entry in table.operations if entry.activations}
    assert kept == {"Convolution", "DepthWiseConvolution", "ConvolutionBackpropData", "MatMul", "MatMulOfActivations"}
    assert table.find_quantizable("Add") is None
    assert table.find("Concat").unified_scales == ALL_INPUTS


@pytest.mark.parametrize(
    ("device", "operation", "kind", "expected"),
    [
        ("CPU", "Convolution", "weights", ["symmetric"]),
        ("CPU", "Convolution", "activations", ["symmetric", "asymmetric"]),
        ("CPU", "ConvolutionBackpropData", "activations", ["symmetric"]),
        ("GPU", "ConvolutionBackpropData", "activations", ["symmetric", "asymmetric"]),
        ("CPU", "MatMulOfActivations", "activations", ["symmetric"]),
        ("NPU", "MatMulOfActivations", "activations", ["asymmetric", "symmetric", "asymmetric"]),
        ("NPU", "DepthWiseConvolution", "activations", ["symmetric"]),
    ],
)
def test_entries_that_would_run_in_float_are_gone(device, operation, kind, expected):
    entry = build_mac_table(load_hardware_table(device), find_target_device(device)).find(operation)
    assert modes(entry.list_allowed(kind)) == expected


def test_the_last_entry_of_npu_weights_has_eight_bits_as_in_its_table():
    last = build_mac_table(load_hardware_table("NPU"), find_target_device("NPU")).find("Convolution").weights[-1]
    assert (last.num_bits, last.mode) == (8, QuantizationMode.ASYMMETRIC)


def test_depthwise_activations_stay_per_channel():
    entry = build_mac_table(load_hardware_table("CPU"), find_target_device("CPU")).find("DepthWiseConvolution")
    assert {config.granularity.key for config in entry.activations} == {"perchannel"}
