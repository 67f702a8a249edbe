"""Weights stored in 4 bits, computed with in 8."""

import numpy as np

import openvino as ov
from openpot.engine.openvino_engine import IEEngine
from openpot.graph.model import CompressedModel
from openpot.graph.pack_quantized import pack_quantized_constants
from openpot.graph.text import text_from_model
from openpot.measure.executed_graph import read_executed_graph
from openpot.pipeline import create_pipeline
from openpot.rewrites.four_bit_weights import widen_four_bit_weights
from openpot.rewrites.remove_fake_quantize import remove_fake_quantize
from toy_engines import labelled_images
from toy_models import images, run, worked_example

LAYERS = ("conv1", "dw", "conv2", "conv3", "conv4", "conv5", "fc")


def packed():
    held = CompressedModel(graph=worked_example())
    four = {"weights": {"bits": 4, "level_low": -7, "level_high": 7}}
    pipeline = create_pipeline([{"name": "MinMaxQuantization", "params": four}], IEEngine({}, labelled_images()))
    pipeline.run(held)
    model = held.members[0].model
    pack_quantized_constants(model)
    return model


def test_every_layer_runs_in_int8_and_computes_the_same():
    model, sample = packed(), images(1)[0][None]
    before, in_float = run(model, sample)[0], read_executed_graph(model)
    assert not all(in_float[name].is_integer for name in LAYERS)
    assert len(widen_four_bit_weights(model).constants) == 8
    executed = read_executed_graph(model)
    assert all(executed[name].is_integer for name in LAYERS)
    np.testing.assert_allclose(run(model, sample)[0], before, atol=1e-5)


def test_the_conversion_stands_behind_the_constant_and_the_file_keeps_4_bits(tmp_path):
    model = packed()
    widen_four_bit_weights(model)
    assert "conv2_w/quantized/to_i8" in text_from_model(model)
    ov.save_model(model, tmp_path / "net.xml", compress_to_fp16=False)
    back = ov.Core().read_model(tmp_path / "net.xml")
    kinds = [n.get_element_type().to_string() for n in back.get_ops() if n.get_type_name() == "Constant"]
    assert kinds.count("i4") == 8 and "i8" not in kinds
    assert all(read_executed_graph(back)[name].is_integer for name in LAYERS)


def test_a_second_call_finds_nothing():
    model = packed()
    widen_four_bit_weights(model)
    assert widen_four_bit_weights(model).constants == ()


def test_layers_whose_data_stay_float_are_left_alone():
    model = packed()
    held = CompressedModel(graph=model)
    names = [node.name for node in held.snapshot().nodes_of_type("FakeQuantize")]
    remove_fake_quantize(held.members[0].model, names, whole_blocks=False)
    assert widen_four_bit_weights(held.members[0].model).constants == ()
