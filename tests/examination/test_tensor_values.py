"""Values of quantized tensors beside their limits."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from examined_toy import quantized_toy

from openpot.examination.tensor_values import BINS, describe_activations, describe_weights


def test_every_quantized_input_is_described_with_all_of_its_values():
    _, result, inputs = quantized_toy()
    records = describe_activations(result, inputs)
    assert {layer for record in records for layer in record.layers} == {"conv1", "conv2", "fc"}
    first = next(record for record in records if record.layers == ("conv1",))
    values = np.stack([arrays[0] for arrays in inputs])
    assert (first.observed_low, first.observed_high) == pytest.approx((values.min(), values.max()))
    assert sum(first.histogram.counts) == values.size
    assert len(first.histogram.counts) == BINS
    assert first.histogram.low < first.low < first.high < first.histogram.high


def test_values_beyond_the_limits_are_clipped():
    _, result, inputs = quantized_toy()
    louder = [{0: 4 * arrays[0]} for arrays in inputs]
    quiet, loud = (describe_activations(result, entries)[0] for entries in (inputs, louder))
    assert quiet.clipped == 0
    beyond = np.stack([arrays[0] for arrays in louder])
    outside = np.mean((beyond < loud.low) | (beyond > loud.high))
    assert loud.clipped == pytest.approx(outside, abs=0.02)
    assert loud.clipped > 0.1


def test_weights_are_those_of_the_float_model_within_what_is_stored():
    reference, result, _ = quantized_toy()
    records = describe_weights(reference, result)
    assert [record.layers for record in records] == [("conv1",), ("conv2",), ("fc",)]
    for record in records:
        assert record.kind == "weights"
        assert record.clipped is None
        step = (record.high - record.low) / 200
        assert record.low - step < record.observed_low < record.observed_high < record.high + step
