"""What a run takes at least."""

import pytest

from openpot.errors import OutOfMemoryError
from openpot.graph.stored_size import count_stored_bytes
from openpot.measure import memory_forecast as subject
from toy_models import tiny_cnn


def test_weights_twice_and_the_largest_tensor():
    model = tiny_cnn()
    assert subject.forecast_memory(model) == 2 * count_stored_bytes(model) + 8 * 16 * 16 * 4


def test_sizes_that_vary_count_as_one():
    assert subject.forecast_memory(tiny_cnn(batch=-1)) == subject.forecast_memory(tiny_cnn())


def test_what_cannot_be_had_is_refused(monkeypatch):
    subject.require_memory(tiny_cnn())
    model = tiny_cnn()
    model.reshape([1, 3, 2**20, 2**20])
    with pytest.raises(OutOfMemoryError, match="'tiny' takes at least"):
        subject.require_memory(model)
    monkeypatch.setattr(subject, "read_address_space_left", lambda: 2**20)
    with pytest.raises(OutOfMemoryError, match="the limit of the address space leaves 1,048,576 bytes"):
        subject.require_memory(tiny_cnn())
