import numpy as np
import pytest

from metric_engines import Distance, engine_with
from openpot.algorithms.min_max import MinMaxQuantization
from openpot.current_run import CurrentRun
from openpot.engine.openvino_engine import IEEngine
from openpot.errors import EngineError
from openpot.graph.model import CompressedModel
from openpot.search.model_meter import ModelMeter
from openpot.search.range_box import BoxSizes, RangeBox, find_ranges
from openpot.search.range_error import MetricOfGraph, MetricOfModels, NoiseOfGraph, copy_with_ranges, sample_positions
from real_networks import output_error, outputs
from toy_engines import PlainEngine
from toy_models import images, worked_example


@pytest.fixture(scope="module")
def subject():
    engine = engine_with(Distance())
    model = CompressedModel(graph=worked_example())
    MinMaxQuantization({}, engine).run(model)
    box = RangeBox(find_ranges(model.members[0].model, model.snapshot()), BoxSizes(0.3, 0.3, 0.0))
    return engine, model, box


def test_the_graph_tells_what_models_tell(subject):
    engine, model, box = subject
    samples = [0, 5, 9]
    meter = ModelMeter(engine, ["distance"], CurrentRun())
    real = MetricOfModels(meter, model, box, ("distance", False), samples)
    quick = MetricOfGraph(engine, model, box, ("distance", False), samples)
    for point in (box.start, np.zeros(box.start.size)):
        assert quick(point) == pytest.approx(real(point), rel=0.1)
    assert real(np.zeros(box.start.size)) > 1.2 * real(box.start)
    assert real(box.start, [1]) == MetricOfModels(meter, model, box, ("distance", False), [5])(box.start)


def test_where_higher_is_better_the_error_is_negative(subject):
    engine, model, box = subject
    assert MetricOfGraph(engine, model, box, ("distance", True), [0])(box.start) < 0


def test_the_noise_is_that_of_the_outputs(subject):
    engine, model, box = subject
    noise = NoiseOfGraph(engine, model, box, range(16))
    assert noise.num_samples == 16
    point = np.zeros(box.start.size)
    reference = outputs(worked_example(), images(16))
    for place in (box.start, point):
        found = outputs(copy_with_ranges(model, box, place).members[0].model, images(16))
        assert 0.3 < noise(place) / output_error(reference, found) < 3
    assert noise(point) > 1.2 * noise(box.start)
    assert noise(box.start, [0, 1, 2]) != noise(box.start)


def test_noise_needs_an_engine_that_lets_its_samples_be_run(subject):
    _, model, box = subject
    with pytest.raises(EngineError, match="use 'metric'"):
        NoiseOfGraph(PlainEngine(None), model, box, [0])
    assert IEEngine


def test_half_of_the_samples_are_drawn():
    drawn = [sample_positions(10, np.random.default_rng(seed)) for seed in range(5)]
    assert all(len(set(one)) == 5 and max(one) < 10 for one in drawn)
    assert len({tuple(one) for one in drawn}) > 1
    assert sample_positions(1, np.random.default_rng(0)) == [0]
