"""Which items the statistics are collected on."""

import pytest

from openpot.algorithms.calibration_subset import CalibrationSubset, num_items
from openpot.engine.openvino_engine import IEEngine
from openpot.errors import ConfigError, DataError
from toy_engines import ListLoader, labelled_images


def engine_on_images(count=6):
    return IEEngine({}, labelled_images(count))


@pytest.mark.parametrize(
    ("subset", "expected"),
    [
        (CalibrationSubset(), [0, 1, 2, 3, 4, 5]),
        (CalibrationSubset(4), [0, 1, 2, 3]),
        (CalibrationSubset(every=3), [0, 3]),
        (CalibrationSubset(4, every=5), [0]),
    ],
    ids=["all", "first", "each third", "at least one"],
)
def test_samplers_go_through_the_items_of_the_subset(subset, expected):
    engine = engine_on_images()
    sampler = subset.sampler(engine)
    assert [item[1] for batch in sampler for item in batch] == expected


def test_shuffled_subsets_depend_on_the_seed_alone():
    engine = engine_on_images()

    def drawn(seed, every=1):
        return list(CalibrationSubset(4, shuffle=True, seed=seed, every=every).sampler(engine).subset_indices)

    assert drawn(1) == drawn(1) != drawn(2)
    assert drawn(1, every=2) == drawn(1)[::2]


def test_batches_share_an_inference():
    engine = engine_on_images()
    assert [len(batch) for batch in CalibrationSubset(5, batch_size=2).sampler(engine)] == [2, 2, 1]


def test_empty_data_are_refused():
    with pytest.raises(DataError, match="the data set is empty"):
        num_items(IEEngine({}, ListLoader([])))


class KeepsData:
    """An engine of a user's own that has no data loader."""


def test_an_engine_without_loader_needs_a_number_of_items():
    assert num_items(KeepsData()) is None
    with pytest.raises(ConfigError, match="stat_subset_size is needed"):
        CalibrationSubset().sampler(KeepsData())
    assert list(CalibrationSubset(3).sampler(KeepsData())) == [0, 1, 2]
