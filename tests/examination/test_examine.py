"""All parts of a closer look; their contents are tested part by part, and whole in ``tests/api/test_examine.py``."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from examined_toy import quantized_toy

from openpot.data.source import open_data
from openpot.examination.examine import examine_result
from openpot.inference.model_inputs import describe_inputs


@pytest.mark.parametrize("device", ["CPU", "NPU"])
def test_layers_are_timed_where_the_device_is_here(device, monkeypatch):
    monkeypatch.setattr("openpot.examination.layer_times.SECONDS_OF_TIMING", 0.0)
    reference, result, inputs = quantized_toy()
    loader = open_data([arrays[0][0] for arrays in inputs], describe_inputs(reference))
    look = examine_result(reference, result, loader, [0, 1, 2, 99], ["conv1", "conv2", "fc"], device)
    assert look.samples == 3, "numbers beyond the data are passed over"
    assert (look.conversions is not None) is (device == "CPU")
    assert look.tensors
    assert look.layers
