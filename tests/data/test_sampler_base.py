"""What every sampler has."""

import pytest

from openpot.data.sampler_base import Sampler
from openpot.errors import ConfigError


class Everything(Sampler):
    def __iter__(self):
        return iter(self.data_loader)

    def __len__(self):
        return self.num_samples


def test_number_of_samples_is_that_of_the_subset_or_of_the_loader_or_unknown():
    assert Everything([1, 2, 3]).num_samples == 3
    assert Everything([1, 2, 3], subset_indices=[0]).num_samples == 1
    assert Everything().num_samples is None


@pytest.mark.parametrize("batch_size", [0, -1, True])
def test_a_batch_holds_at_least_one_sample(batch_size):
    with pytest.raises(ConfigError, match="batch_size"):
        Everything([1], batch_size)


def test_a_sampler_needs_a_way_to_iterate():
    with pytest.raises(TypeError):
        Sampler([1])
