import pytest

from openpot.config.ignored_scope import IgnoredScope
from openpot.config.weight_compression import WeightCompressionConfig
from openpot.config.weight_compression_algorithm import WeightCompressionAlgorithmConfig


def test_defaults_are_those_of_the_function():
    made = WeightCompressionAlgorithmConfig().for_weights(IgnoredScope())
    assert made == WeightCompressionConfig()


def test_keys_of_pot_say_which_samples():
    made = WeightCompressionAlgorithmConfig(stat_subset_size=12, seed=3, max_size="4 bits").for_weights(IgnoredScope())
    assert (made.subset_size, made.seed, made.size_limit.bits_per_weight) == (12, 3, 4.0)


def test_a_format_and_a_size_exclude_each_other():
    with pytest.raises(ValueError, match="leave out weight_format"):
        WeightCompressionAlgorithmConfig(max_size="4 bits", weight_format="nf4")
