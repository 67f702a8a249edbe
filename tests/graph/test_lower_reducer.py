import numpy as np
import pytest

import openvino as ov
from openpot.errors import ModelError, UnknownNameError
from openpot.graph.lower_reducer import instrument, plan_packed_layout
from openpot.graph.tensor_id import TensorId
from openpot.numerics.reducers import Reducer, ReducerKind
from openvino import opset13 as op
from toy_models import if_model, images, tiny_cnn

PROPERTIES = {"EXECUTION_MODE_HINT": "ACCURACY", "INFERENCE_PRECISION_HINT": "f32"}
LOWERED = [kind for kind in ReducerKind if not kind.is_quantile]


def outputs_of(model, *inputs):
    compiled = ov.Core().compile_model(model, "CPU", PROPERTIES)
    return [np.array(value) for value in compiled(list(inputs)).values()]


def tensor_value(model, tensor, *inputs):
    observed = instrument(model, [(tensor, np.asarray)])
    return outputs_of(observed.model, *inputs)[observed.loose[0][1]]


def statistic(model, tensor, reducer, *inputs):
    observed = instrument(model, [(tensor, reducer)])
    ((_, part),) = observed.packed
    return outputs_of(observed.model, *inputs)[0][part]


def unary(make, shape, dtype=np.float32):
    data = op.parameter(shape, dtype, name="data")
    return ov.Model([op.result(make(data), name="out")], [data], "unary")


@pytest.mark.parametrize("channel_axis", [None, 1, -1], ids=["per tensor", "axis 1", "last axis"])
@pytest.mark.parametrize("average", [False, True], ids=["one sample", "averaged over the batch"])
@pytest.mark.parametrize("kind", LOWERED)
def test_lowered_reducer_equals_numpy_on_the_raw_tensor(kind, average, channel_axis):
    model, tensor = tiny_cnn(batch=3), TensorId("relu1")
    batch = np.stack(images(3))
    reducer = Reducer(kind, channel_axis, average_over_batch=average)
    expected = reducer(tensor_value(model, tensor, batch))
    got = statistic(model, tensor, reducer, batch)
    assert got.shape == np.atleast_1d(expected).shape
    exact = kind in (ReducerKind.MIN, ReducerKind.MAX, ReducerKind.ABS_MAX) and not average
    np.testing.assert_allclose(got, np.atleast_1d(expected), rtol=0 if exact else 1e-5, atol=0 if exact else 1e-7)


def test_packed_layout_is_that_of_the_instrumented_model():
    requests = [
        (TensorId("relu1"), Reducer(ReducerKind.MAX)),
        (TensorId("relu2"), np.mean),
        (TensorId("relu2"), Reducer(ReducerKind.MEAN, 1)),
        (TensorId("data"), Reducer(ReducerKind.QUANTILE, quantile=0.9)),
        (TensorId("data"), Reducer(ReducerKind.MIN, 1)),
    ]
    layout = plan_packed_layout(tiny_cnn(), requests)
    assert layout.packed == ((0, slice(0, 1)), (2, slice(1, 9)), (4, slice(9, 12)))
    assert layout.loose == (1, 3)
    assert layout.length == 12
    observed = instrument(tiny_cnn(), requests)
    assert (observed.packed, observed.length) == (layout.packed, 12)
    assert observed.loose == ((1, 1), (3, 2))


def test_original_outputs_are_dropped_with_all_that_only_they_need():
    observed = instrument(tiny_cnn(), [(TensorId("relu1"), Reducer(ReducerKind.MAX))])
    assert len(observed.model.outputs) == 1
    assert "conv2" not in {node.get_friendly_name() for node in observed.model.get_ops()}


def test_original_outputs_can_be_kept():
    model, (image,) = tiny_cnn(), images(1)
    observed = instrument(model, [(TensorId("relu1"), Reducer(ReducerKind.MAX))], keep_results=True)
    assert observed.results == (1,)
    np.testing.assert_array_equal(outputs_of(observed.model, image[None])[1], outputs_of(model, image[None])[0])


def test_the_model_itself_is_not_changed():
    model = tiny_cnn()
    before = [node.get_friendly_name() for node in model.get_ordered_ops()]
    instrument(model, [(TensorId("relu1"), Reducer(ReducerKind.MAX)), (TensorId("fc"), len)])
    assert [node.get_friendly_name() for node in model.get_ordered_ops()] == before
    assert len(model.outputs) == 1


def test_two_callables_on_one_tensor_share_one_output():
    observed = instrument(tiny_cnn(), [(TensorId("relu1"), np.max), (TensorId("relu1"), np.min)])
    assert observed.loose == ((0, 0), (1, 0))
    assert observed.packed == ()


def test_extremes_are_reduced_once_for_minimum_maximum_and_absolute_maximum():
    kinds = (ReducerKind.MIN, ReducerKind.MAX, ReducerKind.ABS_MAX)
    observed = instrument(tiny_cnn(), [(TensorId("relu1"), Reducer(kind)) for kind in kinds])
    types = [node.get_type_name() for node in observed.model.get_ops()]
    assert types.count("ReduceMin") == types.count("ReduceMax") == 1


def test_equal_requests_have_slices_of_their_own():
    requests = [(TensorId("relu1"), Reducer(ReducerKind.MAX))] * 2
    observed = instrument(tiny_cnn(), requests)
    vector = outputs_of(observed.model, images(1)[0][None])[0]
    assert [part for _, part in observed.packed] == [slice(0, 1), slice(1, 2)]
    assert vector[0] == vector[1]


@pytest.mark.parametrize("dtype", [np.int64, np.int32, np.uint8, np.bool_, np.float16, np.float64])
def test_tensors_of_other_types_are_observed_as_float32(dtype):
    values = np.array([[0, 1, 1], [1, 0, 1]]).astype(dtype)
    model = unary(lambda data: op.reshape(data, op.constant(np.array([3, 2])), False), [2, 3], dtype)
    tensor = TensorId("data")
    assert statistic(model, tensor, Reducer(ReducerKind.MEAN, 1), values) == pytest.approx([0.5, 0.5, 1.0])
    raw = tensor_value(model, tensor, values)
    assert raw.dtype == np.float32
    np.testing.assert_array_equal(raw, values.astype(np.float32))


@pytest.mark.parametrize("shape", [(1, 4), (3, 7), (2, 1)])
def test_dynamic_shapes_are_reduced_over_all_axes(shape):
    model = unary(op.relu, [-1, -1])
    values = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    assert statistic(model, TensorId("data"), Reducer(ReducerKind.MIN), values) == values.min()


def test_channels_of_dynamic_number_make_the_tensor_come_out():
    layout = plan_packed_layout(unary(op.relu, [-1, -1]), [(TensorId("data"), Reducer(ReducerKind.MIN, 1))])
    assert (layout.packed, layout.loose) == ((), (0,))


def test_sizes_are_packed_where_a_tensor_may_be_empty():
    requests = [(TensorId("data"), Reducer(ReducerKind.MIN)), (TensorId("data"), Reducer(ReducerKind.MEAN))]
    observed = instrument(unary(op.relu, [-1, 3]), requests)
    assert observed.sizes == ((0, slice(2, 4)), (1, slice(2, 4)))
    assert outputs_of(observed.model, np.ones((2, 3), np.float32))[0][2:].tolist() == [2, 3]
    assert outputs_of(observed.model, np.ones((0, 3), np.float32))[0][2:].tolist() == [0, 3]
    assert instrument(unary(op.relu, [4, 3]), requests).sizes == ()


def test_tensors_of_all_ranks_share_one_packed_vector():
    parts = [op.parameter([2] * rank, np.float32, name=f"rank{rank}") for rank in range(5)]
    model = ov.Model([op.result(op.relu(part)) for part in parts], parts, "ranks")
    rng = np.random.default_rng(0)
    values = [rng.standard_normal((2,) * rank).astype(np.float32) for rank in range(5)]
    requests = [(TensorId(f"rank{rank}"), Reducer(ReducerKind.MAX)) for rank in range(5)]
    requests += [(TensorId(f"rank{rank}"), Reducer(ReducerKind.MIN, -1)) for rank in range(1, 5)]
    requests += [(TensorId(f"rank{rank}"), Reducer(ReducerKind.MIN, 0)) for rank in range(1, 5)]
    observed = instrument(model, requests)
    vector = outputs_of(observed.model, *values)[0]
    assert len(vector) == observed.length == 5 + 16
    for number, part in observed.packed:
        tensor, reducer = requests[number]
        expected = reducer(values[int(tensor.node[-1])])
        assert vector[part].tolist() == np.atleast_1d(expected).tolist()


def test_scalar_tensors_can_be_observed():
    model = unary(lambda data: op.add(data, op.constant(np.float32(1))), [])
    assert statistic(model, TensorId("data"), Reducer(ReducerKind.MAX), np.float32(3)) == 3
    averaged = Reducer(ReducerKind.MAX, average_over_batch=True)
    assert statistic(model, TensorId("data"), averaged, np.float32(3)) == 3


def test_tensors_of_unknown_rank_are_flattened():
    shape = op.parameter([-1], np.int64, name="shape")
    data = op.parameter([6], np.float32, name="data")
    model = ov.Model([op.result(op.reshape(data, shape, False, name="any"), name="out")], [data, shape], "unknown")
    observed = instrument(model, [(TensorId("any"), Reducer(ReducerKind.MAX))])
    assert observed.packed == ((0, slice(0, 1)),)
    flat = next(node for node in observed.model.get_ops() if node.get_friendly_name().endswith("any/flat"))
    assert flat.get_output_partial_shape(0).rank.get_length() == 1


def test_the_result_of_a_model_stands_for_what_it_reads():
    model, image = tiny_cnn(), images(1)[0][None]
    reducer = Reducer(ReducerKind.MAX)
    assert statistic(model, TensorId("result"), reducer, image) == statistic(model, TensorId("fc_bias"), reducer, image)


def test_states_survive_instrumenting():
    data = op.parameter([1, 2], np.float32, name="data")
    read = op.read_value(op.constant(np.zeros((1, 2), np.float32)), "state", name="read")
    total = op.add(read, data, name="total")
    assign = op.assign(total, "state", name="assign")
    model = ov.Model([op.result(total, name="out")], [assign], [data], "stateful")
    observed = instrument(model, [(TensorId("read"), Reducer(ReducerKind.MAX))])
    request = ov.Core().compile_model(observed.model, "CPU", PROPERTIES).create_infer_request()
    seen = [float(request.infer({0: np.ones((1, 2), np.float32)})[0][0]) for _ in range(3)]
    assert seen == [0, 1, 2]


def test_an_unknown_node_is_named_with_the_nearest_one():
    with pytest.raises(UnknownNameError, match="relu1"):
        instrument(tiny_cnn(), [(TensorId("relu11"), Reducer(ReducerKind.MAX))])


def test_a_missing_output_of_a_node_is_an_error():
    with pytest.raises(ModelError, match="no output 3"):
        instrument(tiny_cnn(), [(TensorId("relu1", 3), Reducer(ReducerKind.MAX))])


def test_tensors_inside_bodies_are_refused_with_the_reason():
    with pytest.raises(ModelError, match="inside the body of 'choice'"):
        instrument(if_model(), [(TensorId("choice|then|inner"), Reducer(ReducerKind.MAX))])


def test_nothing_to_observe_is_an_error():
    with pytest.raises(ModelError, match="at least one request"):
        instrument(tiny_cnn(), [])
