import numpy as np
import pytest

import openvino as ov
from openpot.inference.compile import compile_model
from openpot.inference.named_outputs import (
    clean_name,
    collect_arrays_by_name,
    list_output_aliases,
    list_output_names,
    name_outputs,
)
from openvino import opset13 as op
from toy_models import images, tiny_cnn


def split_model():
    data = op.parameter([1, 4], np.float32, name="data")
    split = op.split(data, op.constant(np.int64(1)), 2, name="split")
    split.output(1).get_tensor().set_names({"right"})
    results = [op.result(split.output(port), name=f"half{port}/sink_port_0") for port in range(2)]
    return ov.Model(results, [data], "split")


def test_the_suffix_of_saved_models_is_taken_off():
    assert clean_name("prob/sink_port_0") == "prob"
    assert list_output_names(split_model()) == ["half0", "half1"]
    assert list_output_names(tiny_cnn()) == ["result"]


def test_names_stay_whole_where_they_would_become_equal():
    data = op.parameter([1], np.float32, name="data")
    results = [op.result(op.relu(data), name=f"out/sink_port_{port}") for port in range(2)]
    assert list_output_names(ov.Model(results, [data], "m")) == ["out/sink_port_0", "out/sink_port_1"]


def test_outputs_are_read_by_any_of_their_names():
    model = split_model()
    results = compile_model(model, "CPU")(np.arange(4, dtype=np.float32)[None])
    outputs = name_outputs(results, list_output_names(model), list_output_aliases(model))
    assert list(outputs) == ["half0", "half1"]
    assert [array.tolist() for array in outputs.values()] == [[[0, 1]], [[2, 3]]]
    for name in ("half1", "half1/sink_port_0", "right", "split.1"):
        assert outputs[name].tolist() == [[2, 3]]
    assert outputs["split"].tolist() == [[0, 1]]
    with pytest.raises(KeyError, match="middle"):
        outputs["middle"]


def test_outputs_behind_the_original_ones_are_left_out():
    arrays = {"result": np.ones(1), "extra": np.zeros(1)}
    assert list(name_outputs(arrays, ["result"], {})) == ["result"]


def test_arrays_are_found_by_tensor_and_by_result_name():
    results = compile_model(tiny_cnn(), "CPU")(images(1)[0][None])
    assert set(collect_arrays_by_name(results)) == {"logits", "result"}
    assert collect_arrays_by_name({"a": 1}) == {"a": 1}
