"""The facts about target devices: complete, consistent, and none that names what is not there."""

import pytest
from pydantic import ValidationError

from openpot.config.algorithms import MinMaxConfig
from openpot.config.hardware import load_hardware_table
from openpot.config.presets import Preset
from openpot.config.target_devices import devices_from_dict, find_target_device, load_target_devices
from openpot.errors import UnknownNameError
from openpot.graph.operation_kinds import MAC_OPERATIONS
from openpot.placement.block_patterns import DEVICE_PATTERNS
from openpot.placement.ignored_operations import TRANSFORMER_TYPES
from openpot.placement.table_entry import PRODUCT_OF_ACTIVATIONS, PRODUCT_OF_CONSTANT

DEVICES = list(load_target_devices().values())


@pytest.mark.parametrize("device", DEVICES, ids=lambda device: device.name)
def test_every_fact_names_what_is_there(device):
    assert load_hardware_table(device.name).operations
    assert set(device.float_blocks) <= set(DEVICE_PATTERNS)
    assert device.quantized_in_transformers <= set(TRANSFORMER_TYPES)
    assert device.needs_symmetric_activations <= MAC_OPERATIONS | {PRODUCT_OF_ACTIVATIONS}
    assert set(device.float_operations) <= MAC_OPERATIONS | {PRODUCT_OF_CONSTANT}
    assert set(device.command_line_presets) <= set(Preset)


def test_every_block_of_devices_belongs_to_one():
    assert set(DEVICE_PATTERNS) == {name for device in DEVICES for name in device.float_blocks}


def test_a_device_that_is_like_another_says_what_differs():
    first, second, third = devices_from_dict(
        {
            "X": {"table": "x", "may_saturate": True, "float_blocks": ["a"]},
            "Y": {"like": "X", "float_blocks": []},
            "Z": {"like": "X", "runs_as": "X"},
        }
    ).values()
    assert (first.name, first.runs_as, first.may_saturate, first.float_blocks) == ("X", "X", True, ("a",))
    assert (second.name, second.runs_as, second.may_saturate, second.float_blocks) == ("Y", "Y", True, ())
    assert (third.name, third.runs_as) == ("Z", "X")


def test_a_fact_that_nobody_knows_is_refused():
    with pytest.raises(ValidationError, match="needs_luck"):
        devices_from_dict({"X": {"table": "x", "needs_luck": True}})


def test_no_name_stands_for_any():
    assert find_target_device().name == "ANY"
    assert find_target_device("CPU_SPR").runs_as == "CPU"


def test_an_unknown_name_is_met_with_the_nearest():
    with pytest.raises(UnknownNameError, match="there is no target device 'CPUU'; did you mean 'CPU'"):
        find_target_device("CPUU")


def test_configurations_take_a_name_in_any_case():
    assert MinMaxConfig(target_device="cpu_spr").device is find_target_device("CPU_SPR")
    with pytest.raises(ValidationError, match="there is no target device 'TPU'; did you mean 'NPU'"):
        MinMaxConfig(target_device="TPU")


@pytest.mark.parametrize(
    ("preset", "device", "expected"),
    [
        ("accuracy", "ANY", "mixed"), ("accuracy", "CPU", "mixed"), ("accuracy", "GPU", "mixed"),
        ("accuracy", "CPU_SPR", "mixed"), ("accuracy", "NPU", "accuracy"), ("accuracy", "GNA", "accuracy"),
        ("mixed", "CPU", "mixed"), ("performance", "CPU", "mixed"),
        ("performance", "GPU", "performance"), ("performance", "NPU", "performance"),
    ],
)  # fmt: skip
def test_presets_come_to_what_the_device_runs(preset, device, expected):
    assert find_target_device(device).choose_preset(Preset(preset)) == expected


def test_an_older_name_is_the_present_device():
    assert find_target_device("VPU") is find_target_device("NPU")
    assert MinMaxConfig(target_device="vpu").target_device == "NPU"
