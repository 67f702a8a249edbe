import numpy as np
import pytest

from compressible_models import language_model, weights
from openpot.compression.code_weights import code_weights, pack_codes
from openpot.compression.weight_source import WeightSource
from openpot.compression.weight_tensors import find_weights
from openpot.graph.node_index import NodeIndex
from openpot.graph.revisions import snapshot_graphs
from openpot.weight_formats import FORMATS, find_format


def coded(name="int4_asym", group_size=32):
    model = language_model()
    up = find_weights(snapshot_graphs(model)[""]).tensors[1]
    return code_weights(WeightSource(NodeIndex(model), up), up, find_format(name), group_size)


def test_blocks_of_rows_change_nothing(monkeypatch):
    whole = coded()
    monkeypatch.setattr("openpot.compression.code_weights.ROWS_VALUES", 5 * 64)
    blocks = coded()
    assert np.array_equal(whole.coded.codes, blocks.coded.codes)
    assert np.array_equal(whole.coded.scale, blocks.coded.scale)
    assert blocks.error == pytest.approx(whole.error)


@pytest.mark.parametrize("name", FORMATS)
def test_the_error_is_that_of_what_is_stored(name):
    result = coded(name)
    one, values = FORMATS[name], weights(1, 96, 64)
    bits = result.coded.codes
    if one.values:
        meaning = np.array(one.values, np.float32)[bits]
    else:
        meaning = bits.astype(np.int8 if one.lowest < 0 else np.uint8).astype(np.float32)
    shifted = meaning - (0 if result.coded.zero_point is None else result.coded.zero_point.astype(np.float32))
    restored = (shifted * result.coded.scale).reshape(values.shape)
    assert np.square(restored - values).sum() / np.square(values).sum() == pytest.approx(result.error, rel=1e-4)


def test_negative_integers_are_stored_as_their_lowest_bits():
    assert pack_codes(np.array([-8.0, 7.0], np.float32), find_format("int4_sym")).tolist() == [248, 7]


def test_bytes_are_those_of_codes_scales_and_zero_points():
    result = coded().coded
    assert result.num_bytes == 96 * 64 // 2 + 96 * 2 * 2 + 96 * 2 // 2
