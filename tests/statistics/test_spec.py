from openpot.graph.tensor_id import TensorId
from openpot.numerics.aggregators import Aggregator, AggregatorKind
from openpot.numerics.reducers import Reducer, ReducerKind
from openpot.statistics.spec import StatisticSpec


def spec(kind=ReducerKind.MIN, channel_axis=None):
    return StatisticSpec(TensorId("relu"), Reducer(kind, channel_axis), Aggregator(AggregatorKind.MEAN))


def test_equal_wishes_are_one():
    assert len({spec(), spec(), spec(ReducerKind.MAX), spec(channel_axis=1)}) == 3
