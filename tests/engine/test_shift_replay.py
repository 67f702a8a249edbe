"""Replaying items through one compiled model under changing shifts."""

import numpy as np

from openpot.data.loader import DataLoader
from openpot.data.sampler import BatchSampler
from openpot.engine import shift_replay
from openpot.engine.openvino_engine import IEEngine
from openpot.engine.shift_replay import ShiftReplay
from openpot.graph.shift_inputs import ShiftPlace
from openpot.graph.tensor_id import TensorId
from toy_models import images, tiny_cnn

PLACES = [ShiftPlace(TensorId("conv1"), 1, 8), ShiftPlace(TensorId("fc"), 1, 5)]


class Counting(DataLoader):
    def __init__(self, count=4):
        super().__init__({})
        self.items = images(count)
        self.loaded = []

    def __len__(self):
        return len(self.items)

    def __getitem__(self, index):
        self.loaded.append(index)
        return self.items[index], None


def replay(loader):
    return ShiftReplay(IEEngine({}, loader), tiny_cnn(), PLACES, BatchSampler(loader))


def test_every_inference_gives_a_row_in_the_order_of_the_items():
    loader = Counting()
    rows = replay(loader).means(np.zeros(13))
    assert rows.shape == (4, 13)
    for index in range(4):
        one = Counting()
        one.items = [loader.items[index]]
        np.testing.assert_allclose(replay(one).means(np.zeros(13))[0], rows[index], rtol=1e-5)


def test_shifts_change_from_pass_to_pass_and_items_are_loaded_once():
    loader = Counting()
    passes = replay(loader)
    first, shifted, again = (passes.means(np.full(13, shift)) for shift in (0.0, 1.0, 0.0))
    np.testing.assert_allclose(shifted[:, :8] - first[:, :8], 1.0, atol=1e-5)
    np.testing.assert_array_equal(first, again)
    assert loader.loaded == [0, 1, 2, 3]


def test_items_that_are_too_large_to_keep_are_loaded_for_every_pass(monkeypatch):
    monkeypatch.setattr(shift_replay, "KEPT_BYTES", 0)
    loader = Counting()
    passes = replay(loader)
    first, second = passes.means(np.zeros(13)), passes.means(np.zeros(13))
    np.testing.assert_array_equal(first, second)
    assert loader.loaded == [0, 1, 2, 3] * 2
