"""Which samples the statistics are collected on."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpot.engine.openvino_engine import IEEngine
from openpot.errors import ConfigError, DataError
from openpot.statistics.calibration_subset import CalibrationSubset, count_samples, spread_order
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
def test_samplers_go_through_the_samples_of_the_subset(subset, expected):
    engine = engine_on_images()
    sampler = subset.make_sampler(engine)
    assert [sample[1] for batch in sampler for sample in batch] == expected


def test_shuffled_subsets_depend_on_the_seed_alone():
    engine = engine_on_images()

    def drawn(seed, every=1):
        return list(CalibrationSubset(4, shuffle=True, seed=seed, every=every).make_sampler(engine).subset_indices)

    assert drawn(1) == drawn(1) != drawn(2)
    assert drawn(1, every=2) == drawn(1)[::2]


def test_batches_share_an_inference():
    engine = engine_on_images()
    assert [len(batch) for batch in CalibrationSubset(5, batch_size=2).make_sampler(engine)] == [2, 2, 1]


def test_empty_data_are_refused():
    with pytest.raises(DataError, match="the data set is empty"):
        count_samples(IEEngine({}, ListLoader([])))


class KeepsData:
    """An engine of a user's own that has no data loader."""


def test_an_engine_without_loader_needs_a_number_of_samples():
    assert count_samples(KeepsData()) is None
    with pytest.raises(ConfigError, match="stat_subset_size is needed"):
        CalibrationSubset().make_sampler(KeepsData())
    assert list(CalibrationSubset(3).make_sampler(KeepsData())) == [0, 1, 2]


@given(st.integers(1, 400), st.data())
def test_every_beginning_of_the_spread_order_is_spread_over_all_samples(count, data):
    order = spread_order(count)
    assert sorted(order) == list(range(count))
    length = data.draw(st.integers(1, count))
    gaps = np.diff([-1, *sorted(order[:length]), count])
    assert gaps.max() <= 4 * count / length + 1


def test_a_pass_that_may_end_early_spreads_its_samples_unless_they_are_few_or_drawn_anyway():
    def indices(count, **settings):
        engine = engine_on_images(200)
        return list(CalibrationSubset(count, early_stop=True, **settings).make_sampler(engine).subset_indices)

    assert indices(64) == list(range(64))
    assert indices(128)[:4] == [0, 64, 32, 96]
    drawn = CalibrationSubset(128, shuffle=True, seed=3).make_sampler(engine_on_images(200)).subset_indices
    assert indices(128, shuffle=True, seed=3) == list(drawn)
