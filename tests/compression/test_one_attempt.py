from compressible_models import language_model
from openpot.compression.compress_model import find_model_weights, make_prepared_copy
from openpot.compression.decide_formats import FormatDecider
from openpot.compression.one_attempt import compress_within_limit
from openpot.config.ignored_scope import IgnoredScope
from openpot.config.weight_compression import WeightCompressionConfig
from openpot.progress import SilentProgress


def attempt(**stated):
    source, config, progress = language_model(), WeightCompressionConfig(**stated), SilentProgress()
    prepared = make_prepared_copy(source)
    tensors = find_model_weights(prepared, IgnoredScope()).tensors
    decider = FormatDecider(prepared, tensors, config, None, progress)
    return compress_within_limit(source, decider, None, config, progress)


def test_without_samples_nothing_is_judged():
    made = attempt(weight_format="int4_asym")
    assert made.loss is None
    assert not made.keeps(1.0)
    assert not made.used_samples
