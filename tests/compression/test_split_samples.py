import numpy as np
import pytest

from compressible_models import language_model, token_samples
from openpot.compression.choose_formats import choose_formats
from openpot.compression.compress_model import find_model_weights
from openpot.compression.split_samples import SplitSamples, draw_samples, round_by_samples, split_samples
from openpot.config.ignored_scope import IgnoredScope
from openpot.config.weight_compression import WeightCompressionConfig
from openpot.errors import DataError
from openpot.progress import SilentProgress


def test_samples_that_judge_choose_no_codes():
    samples = token_samples(30)
    split = split_samples(language_model(), samples, WeightCompressionConfig(subset_size=20))
    assert (len(split.rounding), len(split.held_out)) == (16, 4)
    used = {feed[0].tobytes() for feed in split.rounding}
    assert not used & {feed[0].tobytes() for feed in split.held_out}


def test_a_single_sample_does_both():
    split = split_samples(language_model(), token_samples(1), WeightCompressionConfig())
    assert np.array_equal(split.rounding[0][0], split.held_out[0][0])


def test_of_four_samples_two_judge():
    split = split_samples(language_model(), token_samples(4), WeightCompressionConfig())
    assert (len(split.rounding), len(split.held_out)) == (2, 2)


def test_the_draw_depends_on_the_seed_alone():
    assert draw_samples(100, 10, 1) == draw_samples(100, 10, 1) != draw_samples(100, 10, 2)
    assert draw_samples(5, 10, 1) == [0, 1, 2, 3, 4]


def test_samples_that_do_not_fit_are_named():
    samples = [*token_samples(3), np.zeros((1, 2, 3, 4), np.int64)]
    with pytest.raises(DataError, match="sample 3"):
        split_samples(language_model(), samples, WeightCompressionConfig())


@pytest.mark.parametrize("follows", [False, True])
def test_eight_bits_follow_the_outputs_where_that_is_asked_for(follows):
    model = language_model(tied=False)
    choices, _ = choose_formats(find_model_weights(model, IgnoredScope()).tensors, WeightCompressionConfig())
    feeds = [{0: sample} for sample in token_samples(2)]
    codes = round_by_samples(model, choices, SplitSamples(feeds, feeds), SilentProgress(), follows)
    assert {tensor.node for tensor in codes} == ({"up_w", "down_w", "head_w"} if follows else set())


def test_beside_layers_of_few_bits_those_of_eight_follow_the_outputs():
    model = language_model(tied=False)
    four_bits = WeightCompressionConfig(weight_format="int4_asym")
    choices, _ = choose_formats(find_model_weights(model, IgnoredScope()).tensors, four_bits)
    feeds = [{0: sample} for sample in token_samples(2)]
    codes = round_by_samples(model, choices, SplitSamples(feeds, feeds), SilentProgress())
    assert {tensor.node: result.coded.weight_format.num_bits for tensor, result in codes.items()} == {
        "up_w": 4,
        "down_w": 4,
        "head_w": 8,
    }
