import numpy as np
import pytest

from compressible_models import language_model, token_samples
from openpot.compression.split_samples import draw_samples, split_samples
from openpot.config.weight_compression import WeightCompressionConfig
from openpot.errors import DataError


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
