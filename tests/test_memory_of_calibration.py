"""Memory does not grow with the number of calibration samples."""

import subprocess
import sys
import tracemalloc
import warnings
from pathlib import Path

import numpy as np
import pytest

import openpot
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
from toy_models import normal

WIDTH = 512
LONG = 4096
SPECS = [
    StatisticSpec(TensorId("relu"), Reducer(reducer, 1), Aggregator(aggregator))
    for reducer, aggregator in (
        (ReducerKind.MIN, AggregatorKind.MIN),
        (ReducerKind.MAX, AggregatorKind.MAX),
        (ReducerKind.MAX, AggregatorKind.MEAN),
    )
]


class MadeWhenAskedFor:
    def __init__(self, count, width=WIDTH, labels=False):
        self.count, self.width, self.labels = count, width, labels

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        sample = np.arange(index, index + self.width, dtype=np.float32)[None]
        return (sample, index % 4) if self.labels else sample


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


def is_hit(outputs, label):
    return float(outputs[0].argmax() == label)


def quantize_long_rows(count, **choices):
    """Quantize a product of rows of 16 kB."""
    x = op.parameter([1, LONG], np.float32, name="x")
    weights = normal(np.random.default_rng(0), LONG, 4)
    y = op.matmul(x, op.constant(weights, name="fc_w"), False, False, name="fc")
    model = ov.Model([op.result(y, name="y")], [x], "m")
    data = MadeWhenAskedFor(count, LONG, labels="metric" in choices)
    return openpot.quantize(model, data, subset_size=count, early_stop=False, timing=False, **choices)


def print_peaks(few, many, choices):
    """For a process of its own: the largest memory that it ever took, in kB, after a few samples and after many."""
    import resource  # there is none on Windows

    warnings.simplefilter("ignore")
    quantize_long_rows(few, **choices)  # what is loaded and compiled first
    for count in (few, many):
        used = quantize_long_rows(count, **choices).samples_used
        sys.stdout.write(f"{used} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}\n")


@pytest.mark.skipif(sys.platform == "win32", reason="the largest memory that a process took is asked of POSIX")
@pytest.mark.parametrize(
    ("many", "choices"),
    [(10_000, "{}"), (2_000, "{'metric': tests.is_hit, 'higher_is_better': True, 'max_drop': 0.5}")],
    ids=["calibration", "metric"],
)
def test_ten_thousand_samples_take_no_more_memory_than_a_hundred(many, choices):
    code = f"import test_memory_of_calibration as tests\ntests.print_peaks(100, {many}, {choices})"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parent)
    (_, before), (used, after) = [map(int, line.split()) for line in done.stdout.splitlines()]
    assert used >= many / 2
    assert after - before < used * LONG * 4 / 1024 / 8
    assert after - before < 8 * 1024
