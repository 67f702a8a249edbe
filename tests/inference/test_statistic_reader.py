import numpy as np
import pytest

import openvino as ov
from openpot.errors import DataError, EngineError
from openpot.graph.lower_reducer import instrument
from openpot.graph.tensor_id import TensorId
from openpot.inference.compile import compile_model
from openpot.inference.feeds import Feed
from openpot.inference.statistic_reader import StatisticReader, check_finite
from openpot.numerics.reducers import Reducer, ReducerKind
from openvino import opset13 as op

DATA = TensorId("data")
FEED = Feed(0, (17,), {})


def read(requests, values):
    """Read the statistics of data[?, 2] for one inference."""
    data = op.parameter([-1, 2], np.float32, name="data")
    model = ov.Model([op.result(op.log(data, name="log"), name="out")], [data], "m")
    instrumented = instrument(model, requests)
    request = compile_model(instrumented.model, "CPU").create_infer_request()
    request.infer({0: np.asarray(values, np.float32).reshape(-1, 2)})
    return StatisticReader(instrumented, requests).read(FEED, request), request


def test_packed_and_other_answers_are_told_apart():
    requests = [(DATA, Reducer(ReducerKind.MAX)), (DATA, np.sum), (DATA, Reducer(ReducerKind.QUANTILE, quantile=1.0))]
    (packed, loose), _ = read(requests, [[1, 2], [3, 4]])
    assert packed.tolist() == [4]
    assert loose == {1: 10, 2: 4}


def test_nothing_read_changes_with_the_next_inference():
    requests = [(DATA, Reducer(ReducerKind.MAX)), (DATA, lambda tensor: tensor)]
    (packed, loose), request = read(requests, [[1, 2]])
    request.infer({0: np.full((1, 2), 9, np.float32)})
    assert packed.tolist() == [2]
    assert loose[1].tolist() == [[1, 2]]


@pytest.mark.parametrize("kind", [kind for kind in ReducerKind if not kind.is_quantile])
def test_a_tensor_without_elements_is_marked_and_not_taken_for_numbers(kind):
    requests = [(DATA, Reducer(kind)), (DATA, Reducer(kind, 1)), (DATA, np.max)]
    (packed, loose), _ = read(requests, [])
    assert np.isnan(packed).all()
    assert packed.shape == (3,)
    assert loose == {}


@pytest.mark.parametrize("values", [[[0, 1]], [[-1, 1]]], ids=["minus infinity", "NaN"])
def test_a_statistic_that_is_not_finite_names_sample_and_node(values):
    with pytest.raises(DataError, match=r"sample 17: the mean of 'log' is (-inf|nan), not a finite number"):
        read([(DATA, Reducer(ReducerKind.MAX)), (TensorId("log"), Reducer(ReducerKind.MEAN, 1))], values)


def test_a_quantile_that_is_not_finite_is_refused_too():
    with pytest.raises(DataError, match="sample 17: the quantile of 'log'"):
        read([(TensorId("log"), Reducer(ReducerKind.QUANTILE, quantile=0.0))], [[0, 1]])


def test_an_error_of_a_callable_names_sample_and_node():
    def failing(tensor):
        raise LookupError("inside")

    with pytest.raises(EngineError, match=r"sample 17: .*failing.* of 'data' raised LookupError: inside") as caught:
        read([(DATA, failing)], [[1, 2]])
    assert isinstance(caught.value.__cause__, LookupError)


def test_finite_values_pass():
    assert check_finite(np.array([1.0, -3.4e38]), "sample 0", DATA, Reducer(ReducerKind.MIN)) is None
