"""One network of a cascade: calls, names, rows, statistics."""

import numpy as np
import pytest

import openvino as ov
from openpot.engine.cascade_member import CascadeMember, find_member_of_node
from openpot.errors import DataError, EngineError
from openpot.numerics.reducers import Reducer, ReducerKind
from openvino import opset13 as op
from toy_models import images, tiny_cnn

DEVICE = "CPU"


def expected(model, data):
    return ov.Core().compile_model(model, DEVICE, {"INFERENCE_PRECISION_HINT": "f32"})(data)[0]


def counter():
    """A network with a memory: the sum of all that it was given since it was reset."""
    x = op.parameter([1, 2], np.float32, name="x")
    memory = op.read_value(op.constant(np.zeros((1, 2), np.float32)), "memory", name="read")
    total = op.add(memory, x, name="total")
    total.output(0).get_tensor().set_names({"sum"})
    return ov.Model([op.result(total)], [op.assign(total, "memory")], [x], "counter")


def test_outputs_have_the_names_of_the_model():
    model = tiny_cnn()
    image = images(1)[0]
    outputs = CascadeMember("net", model, DEVICE)(image)
    assert list(outputs) == ["result"]
    np.testing.assert_allclose(outputs["logits"], expected(model, image[None]), rtol=1e-5)
    assert "conv1" in {node.get_friendly_name() for node in model.get_ops()}, "the model was not changed"


def test_network_of_one_row_is_run_for_each_row():
    model, rows = tiny_cnn(), np.stack(images(3))
    member = CascadeMember("net", model, DEVICE)
    outputs = member(rows)["logits"]
    np.testing.assert_allclose(outputs, [expected(model, row[None])[0] for row in rows], rtol=1e-5)
    assert member.num_inferences == 3


def test_network_of_any_number_of_rows_is_run_once():
    model, rows = tiny_cnn(batch=-1), np.stack(images(3))
    member = CascadeMember("net", model, DEVICE)
    assert member(rows)["logits"].shape == (3, 5)
    assert member.num_inferences == 1


def test_statistics_are_those_of_the_tensor_and_outputs_stay():
    model, rows = tiny_cnn(), np.stack(images(3))
    reducer = Reducer(ReducerKind.MAX, 1)
    member = CascadeMember("net", model, DEVICE, {"conv1_bias": {reducer: reducer}, "fc_bias": {"own": np.sum}})
    plain = CascadeMember("net", model, DEVICE)
    np.testing.assert_allclose(member(rows)["logits"], plain(rows)["logits"], rtol=1e-6)
    assert [value.shape for value in member.statistics["conv1_bias"][reducer]] == [(8,)] * 3
    np.testing.assert_allclose(member.statistics["fc_bias"]["own"], plain(rows)["logits"].sum(axis=1), rtol=1e-5)
    member.conclude()


def test_state_is_kept_within_a_sample_and_forgotten_between_samples():
    member = CascadeMember("counter", counter(), DEVICE)
    one = np.ones((1, 2), np.float32)
    member.start_sample(0)
    assert [member(one)["sum"][0, 0] for _ in range(3)] == [1, 2, 3]
    member.start_sample(1)
    assert member(one)["sum"][0, 0] == 1


def test_unusable_inputs_name_the_sample_and_the_network():
    member = CascadeMember("rnet", tiny_cnn(), DEVICE)
    member.start_sample(7)
    with pytest.raises(DataError, match=r"network 'rnet': sample 7, input 'data': expected shape \(1, 3, 16, 16\)"):
        member(np.zeros((3, 8, 8), np.float32))


def test_network_that_was_never_reached_is_an_error_only_if_it_is_observed():
    CascadeMember("rnet", tiny_cnn(), DEVICE).conclude()
    member = CascadeMember("rnet", tiny_cnn(), DEVICE, {"relu1": {"max": np.max}})
    with pytest.raises(DataError, match="'rnet' was never run: no calibration sample reached its stage"):
        member.conclude()


@pytest.mark.parametrize(
    ("key", "member"), [("net_conv", "net"), (("net_conv", 1), "net"), ("net_b_conv", "net_b"), ("other_x", "other")]
)
def test_nodes_belong_to_the_member_whose_name_they_begin_with(key, member):
    assert find_member_of_node(key, ["net", "net_b", "other"]) == member


def test_node_of_no_member_is_refused_and_a_single_model_has_all():
    with pytest.raises(EngineError, match="no network of the cascade has nodes like 'conv'; the networks are a, b"):
        find_member_of_node("conv", ["a", "b"])
    assert find_member_of_node("conv", [""]) == ""
