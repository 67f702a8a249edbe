"""Float weights are stored in half precision, unless the outputs show what that rounds off."""

import numpy as np
import pytest

import openpot
import openvino as ov
from openpot.graph.model import CompressedModel
from openpot.search.weight_storage import HARDLY_FURTHER, choose_storage
from openvino import opset13 as op
from toy_models import built_once, normal

SIZE = 64


@built_once
def spectrum_network():
    """A classifier of the logarithm of a spectrum: quiet bands show every bit of the filters."""
    data = op.parameter([1, 1, 1, SIZE], np.float32, name="sound")
    turns = np.outer(np.arange(SIZE), np.arange(SIZE)) * 2 * np.pi / SIZE + 0.1  # no filter of zeros
    filters = np.concatenate([np.cos(turns), np.sin(turns)]).astype(np.float32)[:, None, None]
    waves = op.convolution(data, op.constant(filters, name="filters"), [1, 1], [0, 0], [0, 0], [1, 1], name="waves")
    power = op.reduce_sum(op.reshape(op.multiply(waves, waves), [2, SIZE], False), op.constant(0), False)
    bands = op.reshape(op.log(op.add(power, np.float32(1e-12))), [1, SIZE], False)
    weights = op.constant(normal(np.random.default_rng(0), SIZE, SIZE), name="weights")
    return ov.Model([op.result(op.matmul(bands, weights, False, False, name="scores"))], [data], "spectrum")


def sounds(count):
    """A loud tone each, and next to nothing in the other bands."""
    rng = np.random.default_rng(1)
    time = np.arange(SIZE) * 2 * np.pi / SIZE
    tones = [np.sin(number * time + rng.uniform(0, 6)) for number in rng.integers(3, 30, count)]
    return [(tone + 1e-6 * rng.normal(size=SIZE)).astype(np.float32)[None, None, None] for tone in tones]


def halves_of(model):
    return [
        node
        for node in model.get_ops()
        if node.get_type_name() == "Constant" and node.get_element_type() == ov.Type.f16
    ]


@pytest.mark.parametrize(
    ("errors", "stored"),
    [
        ([0.1], False),  # what was expected
        ([0.3, 0.1], True),
        ([0.3, 0.3], False),  # the device is further off all the same
        ([0.3, 0.3 / HARDLY_FURTHER], False),
        ([0.31, 0.29], True),  # the limit is kept with it alone
    ],
)
def test_what_was_clearly_lost_is_kept(errors, stored):
    waiting, asked = list(errors), []

    def measure(saved):
        asked.append(bool(halves_of(saved)))
        return waiting.pop(0)

    model = CompressedModel(graph=spectrum_network())
    error = choose_storage(model, measure, 0.1, limit=0.3)
    assert model.stores_exactly is stored
    assert error == (errors[-1] if stored else errors[0])
    assert asked == [True, False][: len(errors)]


def test_it_is_kept_by_copies_and_by_who_takes_over():
    model = CompressedModel(graph=spectrum_network())
    model.stores_exactly = True
    other = CompressedModel(graph=spectrum_network())
    other.take_over(model.copy())
    assert other.stores_exactly


def test_a_network_on_the_logarithm_of_a_spectrum_is_as_good_on_disk_as_it_was_judged(tmp_path):
    result = openpot.quantize(spectrum_network(), sounds(40), timing=False, ignored_scope=["waves"])
    saved = ov.Core().read_model(result.save(tmp_path / "model").with_suffix(".xml"))
    assert not [node for node in halves_of(saved) if "filters" in node.get_friendly_name()]
    assert "float weights stored exactly" in result.evidence.errors
    assert result.output_error[0].relative < 2 * result.evidence.error
