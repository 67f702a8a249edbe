"""The hardware tables: what each device is said to take, and the devices that exist."""

import pytest

from openpot.config.hardware import ALL_INPUTS, load_hardware_table, table_from_dict
from openpot.config.target_devices import load_target_devices
from openpot.errors import ConfigError, UnknownNameError
from openpot.scheme import PerChannel, PerTensor, QuantizationMode


def short(configs):
    """Bits, mode and granularity as in ``8 sym tensor``."""
    return [f"{c.num_bits} {c.mode.removesuffix('metric')} {c.granularity.key.removeprefix('per')}" for c in configs]


CPU_INT8 = ["8 sym tensor", "8 asym tensor"]
CPU_WEIGHTS = ["8 sym channel", "8 asym channel"]

ENTRIES = [
    ("CPU", "Convolution", "activations", CPU_INT8),
    ("CPU", "Convolution", "weights", CPU_WEIGHTS),
    ("CPU", "DepthWiseConvolution", "activations", ["8 sym channel", "8 asym channel"]),
    ("CPU", "Add", "weights", CPU_WEIGHTS),
    ("CPU", "MVN", "activations", CPU_INT8),
    ("CPU", "MVN", "weights", []),
    ("CPU", "LSTMSequence", "weights", ["8 sym channel"]),
    ("CPU_SPR", "MatMul", "activations", CPU_INT8),
    ("GPU", "ConvolutionBackpropData", "weights", CPU_WEIGHTS),
    ("NPU", "Convolution", "activations", ["8 asym tensor", "4 sym tensor", "8 asym tensor"]),
    ("NPU", "MatMul", "weights", ["8 sym channel", "4 sym channel", "2 sym channel", "8 asym channel"]),
    ("NPU", "ReduceMean", "activations", ["8 sym channel"]),
    ("GNA", "Convolution", "weights", ["16 sym tensor"]),
    ("GNA", "Convolution", "outputs", ["32 sym tensor"]),
    ("GNA", "MatMul", "weights", ["8 sym channel", "16 sym tensor"]),
    ("GNA", "Relu", "activations", ["32 sym tensor"]),
    ("GNA", "Relu", "outputs", ["16 sym tensor"]),
    ("GNA", "Parameter", "outputs", ["16 sym tensor"]),
    ("GNA", "Subtract", "outputs", []),
    ("GNA3", "Subtract", "outputs", ["32 sym tensor"]),
    ("GNA3", "Convolution", "weights", ["8 sym tensor", "16 sym tensor"]),
    ("GNA3.5", "Multiply", "weights", ["8 sym channel", "16 sym tensor"]),
]


@pytest.mark.parametrize(("device", "operation", "kind", "expected"), ENTRIES, ids=lambda v: str(v))
def test_the_preferred_quantizer_comes_first(device, operation, kind, expected):
    assert short(load_hardware_table(device).find(operation).list_allowed(kind)) == expected


def test_any_and_cpu_have_the_same_entries():
    assert load_hardware_table("ANY").operations == load_hardware_table("CPU").operations


def test_no_device_stands_for_any():
    assert load_hardware_table(None).target_device == "ANY"


def test_a_table_says_which_device_it_was_loaded_for():
    names = list(load_target_devices())
    assert [load_hardware_table(name).target_device for name in names] == names


def test_gpu_takes_no_sequences():
    assert load_hardware_table("GPU").find("LSTMSequence") is None
    assert load_hardware_table("CPU").find("LSTMSequence").unified_scales == ((0, 1), (4, 5))


@pytest.mark.parametrize(
    ("device", "operation", "unified"),
    [("CPU", "Concat", ALL_INPUTS), ("GNA", "Concat", ()), ("NPU", "Add", ALL_INPUTS), ("CPU", "Add", ())],
)
def test_unified_scales(device, operation, unified):
    assert load_hardware_table(device).find(operation).unified_scales == unified


@pytest.mark.parametrize(
    ("device", "operation", "agnostic"),
    [
        ("CPU", "MaxPool", True),
        ("CPU", "Maximum", True),
        ("CPU", "Gather", True),
        ("GNA", "Gather", False),
        ("CPU", "Convolution", False),
        ("CPU", "Softmax", False),
    ],
)
def test_agnostic_operations(device, operation, agnostic):
    table = load_hardware_table(device)
    assert table.is_agnostic(operation) is agnostic
    assert not (agnostic and table.find_quantizable(operation))


@pytest.mark.parametrize("spelling", ["ReLU", "Relu", "relu"])
def test_types_are_found_in_every_spelling(spelling):
    assert load_hardware_table("GNA").find_quantizable(spelling).type == "ReLU"


def test_primary_width_and_input_priority():
    assert load_hardware_table("GNA").primary_bitwidth == 16
    assert load_hardware_table("GNA3").primary_bitwidth == 8
    assert load_hardware_table("GNA3").input_priority_types == {"Convolution"}


def test_gna_activations_are_signed_whatever_the_data():
    (config,) = load_hardware_table("GNA").find("Convolution").activations
    assert (config.level_low, config.level_high, config.signed) == (-32768, 32767, True)
    assert load_hardware_table("CPU").find("Convolution").activations[0].signed is None


def test_npu_asymmetric_weights_share_a_zero_point():
    assert [c.unified_zeropoint for c in load_hardware_table("NPU").find("MatMul").weights] == [0, 0, 0, 1]


def test_an_unknown_device_names_the_nearest():
    with pytest.raises(UnknownNameError, match=r"'TPU'.*(did you mean|valid names)"):
        load_hardware_table("TPU")
    with pytest.raises(ConfigError, match="did you mean 'CPU'"):
        load_hardware_table("cpu")


def test_lists_expand_to_all_combinations():
    table = table_from_dict(
        {
            "target_device": "X",
            "primary_bitwidth": 8,
            "input_priority_types": [],
            "quantizers": {
                "a": {"bits": 8, "mode": ["symmetric", "asymmetric"], "granularity": ["pertensor", "perchannel"]}
            },
            "operations": [{"types": ["MatMul"], "activations": ["a"]}],
            "agnostic": [],
        }
    )
    assert [(c.mode, c.granularity) for c in table.find("MatMul").activations] == [
        (QuantizationMode.SYMMETRIC, PerTensor()),
        (QuantizationMode.SYMMETRIC, PerChannel()),
        (QuantizationMode.ASYMMETRIC, PerTensor()),
        (QuantizationMode.ASYMMETRIC, PerChannel()),
    ]
