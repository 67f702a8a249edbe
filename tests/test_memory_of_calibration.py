"""Memory does not grow with the number of calibration samples."""

import tracemalloc

import numpy as np

import openvino as ov
from openpot.engine.openvino_engine import IEEngine
from openpot.graph.model import CompressedModel
from openpot.graph.tensor_id import TensorId
from openpot.numerics.aggregators import Aggregator, AggregatorKind
from openpot.numerics.reducers import Reducer, ReducerKind
from openpot.statistics.calibration_subset import CalibrationSubset
from openpot.statistics.collector import collect_statistics
from openpot.statistics.spec import StatisticSpec
from openvino import opset13 as op

WIDTH = 512
SPECS = [
    StatisticSpec(TensorId("relu"), Reducer(reducer, 1), Aggregator(aggregator))
    for reducer, aggregator in (
        (ReducerKind.MIN, AggregatorKind.MIN),
        (ReducerKind.MAX, AggregatorKind.MAX),
        (ReducerKind.MAX, AggregatorKind.MEAN),
    )
]


class MadeWhenAskedFor:
    def __init__(self, count):
        self.count = count

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        return np.arange(index, index + WIDTH, dtype=np.float32)[None]


def measure_peak(count):
    data = op.parameter([1, WIDTH], np.float32, name="data")
    model = ov.Model([op.result(op.relu(data, name="relu"))], [data], "m")
    engine = IEEngine({"device": "CPU", "stat_requests_number": 1}, MadeWhenAskedFor(count))
    sampler = CalibrationSubset(count).make_sampler(engine)
    tracemalloc.start()
    collect_statistics(engine, CompressedModel(graph=model), SPECS, sampler)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_ten_times_the_samples_take_no_more_memory():
    few, many = measure_peak(30), measure_peak(300)
    kept_of_each = (many - few) / 270
    assert kept_of_each < 400  # bytes: the number and the magnitude of a sample, of which 2 kB went in
