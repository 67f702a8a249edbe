import numpy as np
import pytest

from compressible_models import language_model, relative_error, run, token_samples
from openpot.compression.code_weights import code_weights
from openpot.compression.weight_source import WeightSource
from openpot.compression.weight_tensors import find_weights
from openpot.graph.edit import ModelEditor
from openpot.graph.revisions import snapshot_graphs
from openpot.graph.weights import constant_value
from openpot.measure.executed_graph import read_executed_graph
from openpot.rewrites.store_weights import store_weights
from openpot.weight_formats import FORMATS, find_format

GROUP = {"mxfp4": 32}
READ_AS = {one.name: one.element_type for one in FORMATS.values()} | {"fp8_e4m3": "f32"}


def stored(weight_format, half=False, group_size=None, tied=True):
    model = language_model(tied, half)
    for weights in find_weights(snapshot_graphs(model)[""]).tensors:
        with ModelEditor(model) as editor:
            size = weights.row_length if group_size == "channel" else GROUP.get(weight_format, 32)
            one = code_weights(WeightSource(editor.nodes, weights), weights, find_format(weight_format), size)
            store_weights(editor, weights.tensor, one.coded)
    return model


@pytest.mark.parametrize("half", [False, True], ids=["f32", "f16"])
@pytest.mark.parametrize("name", FORMATS)
def test_readers_get_what_the_codes_stand_for(name, half):
    model, source = stored(name, half), language_model(half=half)
    limit = {2: 0.8, 4: 0.25, 8: 0.05}[FORMATS[name].num_bits]
    for tensor in ("table32", "up_w32", "down_w32") if half else ("table", "up_w", "down_w"):
        before, after = constant_value(source, tensor), constant_value(model, tensor)
        assert before.shape == after.shape
        assert np.linalg.norm(after - before) < limit * np.linalg.norm(before)


@pytest.mark.parametrize("name", ["int8_asym", "int8_sym", "int4_asym", "int4_sym", "nf4", "mxfp4"])
def test_the_device_reads_the_codes_and_computes_with_their_values(name):
    tied = FORMATS[name].is_looked_up
    model = stored(name, tied=tied)
    executed = read_executed_graph(model)
    assert [executed[layer].precision for layer in ("up", "down", "head")] == [READ_AS[name]] * 3
    unpacked = language_model(tied)
    with ModelEditor(unpacked) as editor:
        for tensor in ("table", "up_w", "down_w", *(() if tied else ("head_w",))):
            editor.replace_constant(tensor, constant_value(model, tensor))
    samples = token_samples()
    assert relative_error(run(unpacked, samples), run(model, samples)) < 1e-3


def test_one_group_a_row_needs_no_further_axis():
    model = stored("int4_asym", group_size="channel")
    constant = snapshot_graphs(model)[""]["up_w/int4_asym"]
    assert constant.output_shape == (96, 64)
    assert constant.output_type == "u4"


def test_names_are_the_same_every_time():
    assert list(snapshot_graphs(stored("int4_asym"))[""].nodes) == list(snapshot_graphs(stored("int4_asym"))[""].nodes)
