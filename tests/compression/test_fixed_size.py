import pytest

from compressible_models import language_model
from openpot.compression.choose_formats import choose_formats
from openpot.compression.compress_model import find_model_weights, make_prepared_copy, store_choices
from openpot.compression.fixed_size import count_fixed_bytes
from openpot.config.ignored_scope import IgnoredScope
from openpot.config.weight_compression import WeightCompressionConfig
from openpot.graph.stored_size import count_stored_bytes


@pytest.mark.parametrize("weight_format", ["int8_asym", "int4_asym"])
def test_with_the_weights_it_is_the_size_of_the_compressed_model(weight_format):
    model = make_prepared_copy(language_model())
    tensors = find_model_weights(model, IgnoredScope()).tensors
    fixed = count_fixed_bytes(model, tensors)
    choices, _ = choose_formats(tensors, WeightCompressionConfig(weight_format=weight_format))
    stored = store_choices(model, choices)
    expected = fixed + sum(one.num_bytes for one in stored)
    assert expected - 24 * len(tensors) <= count_stored_bytes(model) <= expected
