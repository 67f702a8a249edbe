"""Samples that are loaded once."""

import pytest

from openpot.data.sampler import BatchSampler
from openpot.inference.feeds_in_memory import load_feeds
from toy_engines import ListLoader
from toy_models import images, tiny_cnn

SIZE = images(1)[0].nbytes


@pytest.mark.parametrize(("limit", "kept"), [(0, 1), (2 * SIZE, 2), (2 * SIZE + 1, 2), (100 * SIZE, 4)])
def test_as_many_as_fit_are_kept_and_one_in_any_case(limit, kept):
    loader = ListLoader([(image, number) for number, image in enumerate(images(4))])
    found = load_feeds(tiny_cnn(), loader, BatchSampler(loader, 1, range(4)), max_bytes=limit)
    assert [feed.indices for feed in found] == [(number,) for number in range(kept)]
    assert [feed.inputs[0].nbytes for feed in found] == [SIZE] * kept
