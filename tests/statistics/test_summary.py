import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import openvino as ov
from openpot.errors import DataError
from openpot.graph.lower_reducer import plan_packed_layout
from openpot.graph.tensor_id import TensorId
from openpot.numerics.aggregators import Aggregator, AggregatorKind
from openpot.numerics.reducers import Reducer, ReducerKind
from openpot.statistics.spec import StatisticSpec
from openpot.statistics.summary import PresentSummary, SpecSummary
from openvino import opset13 as op

STREAMING = [kind for kind in AggregatorKind if kind.is_streaming]
VALUES = hnp.arrays(np.float64, st.tuples(st.integers(1, 6), st.just(3)), elements=st.floats(-1e6, 1e6, width=32))


def model(shape=(-1, 2)):
    data = op.parameter(list(shape), np.float32, name="data")
    return ov.Model([op.result(op.relu(data, name="relu"), name="out")], [data], "m")


def spec(reducer=ReducerKind.MAX, aggregator=AggregatorKind.MEAN, channel_axis=None, quantile=None, node="data"):
    return StatisticSpec(TensorId(node), Reducer(reducer, channel_axis, quantile), Aggregator(aggregator))


@given(VALUES, st.sampled_from(STREAMING))
def test_the_running_summary_equals_the_aggregator(rows, kind):
    summary = PresentSummary(3)
    for row in rows:
        summary.update(row)
    np.testing.assert_allclose(summary.summarize(kind), Aggregator(kind)(list(rows)), rtol=1e-12, atol=1e-12)


@given(VALUES, st.integers(0, 2**31), st.sampled_from(STREAMING))
def test_what_is_absent_does_not_count(rows, seed, kind):
    absent = np.random.default_rng(seed).random(rows.shape) < 0.4
    summary = PresentSummary(3)
    for row, gone in zip(rows, absent, strict=True):
        summary.update(np.where(gone, np.nan, row))
    for column in range(3):
        present = [row[column] for row, gone in zip(rows, absent, strict=True) if not gone[column]]
        expected = Aggregator(kind)(present) if present else np.nan
        np.testing.assert_allclose(summary.summarize(kind)[column], expected, rtol=1e-9, atol=1e-9)


def test_a_vector_of_another_length_is_refused():
    with pytest.raises(DataError, match=r"shape \(3,\), given shape \(2,\)"):
        PresentSummary(3).update(np.zeros(2))


def test_the_summary_is_asked_once_for_each_kind_however_many_specs_there_are(monkeypatch):
    nodes = ("data", "relu")
    kinds = (AggregatorKind.MEAN, AggregatorKind.MAX, AggregatorKind.MIN)
    specs = [
        spec(reducer, kind, axis, node=node)
        for node in nodes
        for kind in kinds
        for reducer in (ReducerKind.MAX, ReducerKind.MIN, ReducerKind.ABS_MAX)
        for axis in (None, 1)
    ]
    summary = SpecSummary(model(), specs)
    rows = np.random.default_rng(0).standard_normal((3, plan_packed_layout(model(), summary.requests).length))
    for number, row in enumerate(rows.astype(np.float32)):
        summary.update(number, row, {})
    asked = []
    summarize = PresentSummary.summarize
    monkeypatch.setattr(PresentSummary, "summarize", lambda self, kind: asked.append(kind) or summarize(self, kind))
    answers = summary.compute_answers()
    assert len(answers) == len(specs) == 36
    assert sorted(asked) == sorted(kinds)
    slices = dict(plan_packed_layout(model(), summary.requests).packed)
    for wish, answer in answers.items():
        own = rows.astype(np.float32)[:, slices[summary.requests.index((wish.tensor, wish.reducer))]]
        np.testing.assert_array_equal(answer.reshape(-1), wish.aggregator(list(own)))


def test_equal_wishes_are_one_request():
    specs = [spec(aggregator=kind) for kind in (AggregatorKind.MEAN, AggregatorKind.MAX, AggregatorKind.MEDIAN)]
    summary = SpecSummary(model(), specs)
    assert summary.requests == ((TensorId("data"), Reducer(ReducerKind.MAX)),)
    for number, value in enumerate((1.0, 5.0, 3.0)):
        summary.update(number, np.array([value], np.float32), {})
    assert [float(summary.compute_answers()[wish]) for wish in specs] == [3, 5, 3]


def test_answers_have_the_shape_of_their_reducers():
    specs = [spec(), spec(channel_axis=1), spec(ReducerKind.QUANTILE, quantile=0.5)]
    summary = SpecSummary(model(), specs)
    assert plan_packed_layout(model(), summary.requests).packed == ((0, slice(0, 1)), (1, slice(1, 3)))
    summary.update(0, np.array([2, 1, 2], np.float32), {2: np.array(1.5)})
    answers = summary.compute_answers()
    assert [answers[wish].shape for wish in specs] == [(), (2,), ()]
    assert [answers[wish].dtype for wish in specs] == [np.float64] * 3
    assert answers[specs[2]] == 1.5


def test_inferences_without_elements_are_left_out_tensor_by_tensor():
    specs = [spec(aggregator=kind) for kind in (AggregatorKind.MEAN, AggregatorKind.MEDIAN)]
    specs += [spec(node="relu"), spec(ReducerKind.QUANTILE, quantile=0.5, node="relu")]
    summary = SpecSummary(model(), specs)
    summary.update(0, np.array([4, np.nan], np.float32), {})
    summary.update(1, np.array([np.nan, 7], np.float32), {2: np.array(6.0)})
    summary.update(2, np.array([6, np.nan], np.float32), {})
    assert [float(value) for value in summary.compute_answers().values()] == pytest.approx([5, 5, 7, 6])


@pytest.mark.parametrize(
    "wish", [spec(), spec(aggregator=AggregatorKind.MEDIAN), spec(ReducerKind.QUANTILE, quantile=0.5)], ids=str
)
def test_a_tensor_that_is_always_empty_is_an_error_with_its_name(wish):
    summary = SpecSummary(model(), [wish])
    packed = np.full(plan_packed_layout(model(), summary.requests).length, np.nan, np.float32)
    summary.update(0, packed, {})
    with pytest.raises(DataError, match="'data' had no element in any inference"):
        summary.compute_answers()


def test_what_is_known_is_answered_beside_tensors_that_are_always_empty():
    seen, empty, quantile = spec(), spec(node="relu"), spec(ReducerKind.QUANTILE, quantile=0.5, node="relu")
    summary = SpecSummary(model(), [seen, empty, quantile])
    summary.update(0, np.array([4, np.nan], np.float32), {})
    assert summary.compute_known_answers() == {seen: 4.0}


def test_nothing_inferred_is_an_error():
    with pytest.raises(DataError):
        SpecSummary(model(), [spec()]).compute_answers()
