import numpy as np
import pytest

import openvino as ov
from openpot.data.sampler import BatchSampler
from openpot.errors import DataError, EngineError
from openpot.graph.lower_reducer import plan_packed_layout
from openpot.graph.tensor_id import TensorId
from openpot.inference.observation import count_inferences, observe_model
from openpot.inference.settings import EngineSettings
from openpot.numerics.reducers import Reducer, ReducerKind
from openvino import opset13 as op
from toy_engines import BufferLoader, ListLoader, labelled_images
from toy_models import images, tiny_cnn

REQUESTS = [
    (TensorId(node), Reducer(kind, axis))
    for node in ("data", "relu1", "relu2")
    for kind in (ReducerKind.MIN, ReducerKind.MAX, ReducerKind.MEAN)
    for axis in (None, 1)
]


def observed(model, requests, loader, sampler=None, **settings):
    """The packed vectors and other answers of a pass."""
    packed, loose = [], []

    def consume(position, vector, others):
        assert position == len(packed)
        packed.append(vector)
        loose.append(others)

    settings = EngineSettings("CPU", **settings)
    count = observe_model(model, requests, sampler or BatchSampler(loader), consume, settings, loader)
    assert count == len(packed)
    return packed, loose


def counter_model():
    data = op.parameter([1, 2], np.float32, name="data")
    total = op.add(op.read_value(op.constant(np.zeros((1, 2), np.float32)), "state", name="read"), data, name="total")
    return ov.Model([op.result(total, name="out")], [op.assign(total, "state", name="assign")], [data], "counter")


@pytest.mark.parametrize("settings", [{"stat_requests_number": 2}, {}, {"prefetch": False}], ids=str)
def test_statistics_are_bit_equal_whatever_the_number_of_requests(settings):
    loader = labelled_images(24)
    one, _ = observed(tiny_cnn(), REQUESTS, loader, stat_requests_number=1)
    several, _ = observed(tiny_cnn(), REQUESTS, loader, **settings)
    assert np.stack(one).tobytes() == np.stack(several).tobytes()


def test_statistics_equal_numpy_reducers_on_the_raw_tensors():
    model, loader = tiny_cnn(), labelled_images(5)
    raw_requests = [(tensor, np.asarray) for tensor, _ in REQUESTS]
    packed, _ = observed(model, REQUESTS, loader)
    _, tensors = observed(model, raw_requests, loader)
    slices = dict(plan_packed_layout(model, REQUESTS).packed)
    for vector, raw in zip(packed, tensors, strict=True):
        for number, (_, reducer) in enumerate(REQUESTS):
            exact = reducer.kind is not ReducerKind.MEAN
            expected = np.atleast_1d(reducer(raw[number]))
            np.testing.assert_allclose(
                vector[slices[number]], expected, rtol=0 if exact else 1e-5, atol=0 if exact else 1e-6
            )


def test_samples_come_in_the_order_of_the_sampler():
    loader = labelled_images(6)
    packed, _ = observed(
        tiny_cnn(), [(TensorId("data"), Reducer(ReducerKind.MAX))], loader, BatchSampler(loader, 1, [4, 0, 5])
    )
    assert [vector[0] for vector in packed] == [loader.samples[number][0].max() for number in (4, 0, 5)]


@pytest.mark.parametrize("settings", [{}, {"stat_requests_number": 1}], ids=["several at once", "one by one"])
def test_a_loader_that_reuses_its_buffer_gives_right_results(settings):
    pictures = images(16)
    request = [(TensorId("relu1"), Reducer(ReducerKind.MEAN, 1))]
    expected, _ = observed(tiny_cnn(), request, ListLoader(pictures))
    packed, _ = observed(tiny_cnn(), request, BufferLoader(pictures), **settings)
    np.testing.assert_array_equal(np.stack(packed), np.stack(expected))


def test_several_samples_share_an_inference():
    loader = labelled_images(5)
    data = op.parameter([-1, 3, 16, 16], np.float32, name="data")
    model = ov.Model([op.result(op.relu(data), name="out")], [data], "m")
    packed, _ = observed(model, [(TensorId("data"), Reducer(ReducerKind.MAX))], loader, BatchSampler(loader, 2))
    highs = [sample[0].max() for sample in loader.samples]
    assert [vector[0] for vector in packed] == [max(highs[:2]), max(highs[2:4]), highs[4]]


def test_only_tensors_that_are_observed_need_the_other_inputs_to_be_there():
    used, unused = (op.parameter([1, 2], np.float32, name=name) for name in ("used", "unused"))
    results = [op.result(op.relu(used, name="relu"), name="a"), op.result(op.abs(unused), name="b")]
    model = ov.Model(results, [used, unused], "two")
    loader = ListLoader(
        [{"used": np.array([[1.0, value]], np.float32), "unused": np.array([[value, 0.5]])} for value in (2, 3)]
    )
    packed, _ = observed(model, [(TensorId("relu"), Reducer(ReducerKind.MAX))], loader)
    assert [vector[0] for vector in packed] == [2, 3]


def test_stateful_models_start_each_sample_afresh():
    loader = ListLoader([np.array([[value, value + 1]], np.float32) for value in (1, 2, 3)])
    packed, _ = observed(counter_model(), [(TensorId("total"), Reducer(ReducerKind.MAX))], loader)
    assert [vector[0] for vector in packed] == [2, 3, 4]


def test_an_unusable_sample_stops_the_pass_and_the_next_pass_works():
    pictures = images(6)
    pictures[3] = np.full_like(pictures[3], np.inf)
    request = [(TensorId("data"), Reducer(ReducerKind.MAX))]
    with pytest.raises(DataError, match="sample 3"):
        observed(tiny_cnn(), request, ListLoader(pictures))
    assert len(observed(tiny_cnn(), request, ListLoader(pictures[:3]))[0]) == 3


def test_an_error_of_the_loader_names_the_sample_and_the_next_pass_works():
    class Broken(ListLoader):
        def __getitem__(self, index):
            if index == 4:
                raise OSError("unreadable")
            return super().__getitem__(index)

    request = [(TensorId("data"), Reducer(ReducerKind.MAX))]
    with pytest.raises(DataError, match="sample 4: the data loader raised OSError: unreadable"):
        observed(tiny_cnn(), request, Broken(images(6)))
    assert len(observed(tiny_cnn(), request, labelled_images(6))[0]) == 6


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error_of_the_receiver_stops_the_pass_and_the_next_pass_works(error):
    loader, model = labelled_images(12), tiny_cnn()

    def consume(position, packed, loose):
        if position == 3:
            raise error("stop")

    with pytest.raises(error, match="stop"):
        observe_model(model, REQUESTS, BatchSampler(loader), consume, EngineSettings("CPU"))
    assert len(observed(model, REQUESTS, loader)[0]) == 12


def test_an_error_of_a_callable_stops_the_pass_and_the_next_pass_works():
    def failing(tensor):
        raise LookupError("inside")

    with pytest.raises(EngineError, match=r"sample 0: .*LookupError"):
        observed(tiny_cnn(), [(TensorId("relu1"), failing)], labelled_images(4))
    assert len(observed(tiny_cnn(), [(TensorId("relu1"), np.max)], labelled_images(4))[1]) == 4


@pytest.mark.filterwarnings("ignore::openpot.errors.OpenPotWarning")
def test_data_that_teach_nothing_are_refused():
    with pytest.raises(DataError, match="constant"):
        observed(tiny_cnn(), REQUESTS, ListLoader([np.ones((3, 16, 16), np.float32)] * 3))


def test_progress_is_told():
    class Notes:
        def __init__(self):
            self.notes = []

        def start(self, stage, total):
            self.notes.append((stage, total))

        def advance(self, steps=1):
            self.notes.append(steps)

        def finish(self):
            self.notes.append("finish")

    progress, loader = Notes(), labelled_images(3)
    settings = EngineSettings("CPU")
    observe_model(tiny_cnn(), REQUESTS, BatchSampler(loader), lambda *_: None, settings, loader, progress)
    assert progress.notes == [("collecting statistics", 3), 1, 1, 1, "finish"]


def test_a_sampler_without_length_is_accepted():
    assert count_inferences(iter([])) == 0
    assert count_inferences([1, 2]) == 2


@pytest.mark.parametrize("requests", [1, 4])
def test_a_pass_ends_when_it_is_told_that_it_is_enough(requests):
    loader, packed, asked = labelled_images(24), [], []

    def is_enough(count):
        asked.append(count)
        return count == 7

    count = observe_model(
        tiny_cnn(),
        REQUESTS,
        BatchSampler(loader),
        lambda position, vector, others: packed.append(vector),
        EngineSettings("CPU", stat_requests_number=requests),
        loader,
        is_enough=is_enough,
    )
    everything, _ = observed(tiny_cnn(), REQUESTS, loader)
    assert (count, asked) == (7, [1, 2, 3, 4, 5, 6, 7])
    assert np.stack(packed).tobytes() == np.stack(everything[:7]).tobytes()
