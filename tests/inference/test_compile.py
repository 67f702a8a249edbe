import numpy as np
import pytest

import openvino as ov
from openpot.errors import ConfigError, DeviceError, ModelError
from openpot.inference.compile import (
    check_device,
    compile_model,
    get_runtime,
    read_optimal_requests,
    shorten_runtime_message,
)
from openvino import opset13 as op
from toy_models import images, tiny_cnn


@pytest.mark.parametrize("name", ["CPU", "cpu", "AUTO", "AUTO:CPU", "HETERO:CPU", "MULTI:CPU", "BATCH:CPU(4)"])
def test_devices_that_are_here_are_accepted_in_any_case(name):
    assert check_device(name) == name.upper()


@pytest.mark.parametrize("name", ["XPU", "CPU.7", "AUTO:CPU,XPU", "CPU:1", "", None, 3])
def test_devices_that_are_not_here_are_refused_with_the_list_of_those_that_are(name):
    with pytest.raises(DeviceError, match=r"available: .*CPU") as caught:
        check_device(name)
    assert isinstance(caught.value, ConfigError)
    assert repr(name) in str(caught.value)


def test_the_runtime_is_one_object():
    assert get_runtime() is get_runtime()


def test_reference_properties_ask_for_exact_arithmetic():
    compiled = compile_model(tiny_cnn(), "CPU")
    assert compiled.get_property("INFERENCE_PRECISION_HINT") == ov.Type.f32
    assert "ACCURACY" in str(compiled.get_property("EXECUTION_MODE_HINT"))
    assert "THROUGHPUT" in str(compiled.get_property("PERFORMANCE_HINT"))
    assert compiled(images(1)[0][None])[0].shape == (1, 5)


def test_other_properties_replace_them():
    compiled = compile_model(tiny_cnn(), "CPU", {"PERFORMANCE_HINT": "LATENCY"})
    assert "LATENCY" in str(compiled.get_property("PERFORMANCE_HINT"))


def test_properties_that_the_device_does_not_know_are_left_out():
    assert compile_model(tiny_cnn(), "CPU", {"SOMETHING_OF_ANOTHER_DEVICE": 1}) is not None


def test_the_device_is_checked_before_anything_else():
    with pytest.raises(DeviceError):
        compile_model(None, "XPU")


def test_a_model_that_cannot_be_compiled_is_named_without_cpp_files():
    data = op.parameter(ov.PartialShape.dynamic(), np.float32, name="data")
    with pytest.raises(ModelError, match="'rankless'") as caught:
        compile_model(ov.Model([op.result(op.relu(data))], [data], "rankless"), "CPU")
    assert ".cpp" not in str(caught.value).splitlines()[0].split("Check")[0]
    assert "dynamic rank" in str(caught.value)


def test_there_is_at_least_one_request():
    assert read_optimal_requests(compile_model(tiny_cnn(), "CPU")) >= 1


def test_runtime_messages_lose_the_files_they_passed_through():
    error = RuntimeError("Exception from src/a.cpp:1:\nException from src/b.cpp:2:\nthe reason\n\n")
    assert shorten_runtime_message(error) == "the reason"
    assert shorten_runtime_message(RuntimeError("")) == "RuntimeError"


def test_borders_in_bf16_are_read_and_written_as_f32():
    x = op.parameter([1, 4], ov.Type.bf16, name="x")
    x.output(0).get_tensor().set_names({"x"})
    y = op.add(x, op.constant(np.float32([0.5]), dtype=ov.Type.bf16), name="y")
    y.output(0).get_tensor().set_names({"y"})
    model = ov.Model([op.result(y)], [x], "bf16")
    compiled = compile_model(model, "CPU")
    values = np.float32([[1.0, -2.0, 0.25, 64.0]])
    np.testing.assert_array_equal(compiled({"x": values})["y"], values + 0.5)
    assert compiled.output(0).get_element_type() == ov.Type.f32
    assert model.input(0).get_element_type() == model.output(0).get_element_type() == ov.Type.bf16


def test_references_are_computed_by_one_thread_each_so_that_machines_agree():
    compiled = compile_model(tiny_cnn(), "CPU")
    assert compiled.get_property("NUM_STREAMS") == compiled.get_property("INFERENCE_NUM_THREADS")
    users = compile_model(tiny_cnn(), "CPU", {"PERFORMANCE_HINT": "LATENCY"})
    assert users.get_property("NUM_STREAMS") == 1
