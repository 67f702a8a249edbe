"""Times of layers, and conversions between them."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from examined_toy import quantized_toy

from openpot.examination import layer_times
from openpot.measure.conversion_times import ConversionTimes


@pytest.fixture(autouse=True)
def short_timing(monkeypatch):
    monkeypatch.setattr(layer_times, "SECONDS_OF_TIMING", 0.0)


def test_layers_that_the_device_names_have_times():
    reference, result, inputs = quantized_toy()
    records = layer_times.time_layers(reference, result, ["conv1", "conv2", "nowhere"], inputs)
    assert {record.layer for record in records} <= {"conv1", "conv2"}
    assert all(record.before > 0 and record.after > 0 for record in records)


def test_the_longest_conversions_are_named(monkeypatch):
    seconds = {"a": 1e-6, "b": 4e-6, "c": 2e-6, "d": 3e-6}
    monkeypatch.setattr(layer_times, "time_conversions", lambda model, inputs: ConversionTimes(seconds, 40e-6))
    record = layer_times.describe_conversions(None, [])
    assert (record.count, record.longest) == (4, ("b", "d", "c"))
    assert record.microseconds == pytest.approx(10)
    assert record.share == pytest.approx(0.25)
