"""A toy network and its quantized copy, made once for all tests of the closer look."""

from functools import cache

import openpot
from openpot.algorithms.prepared_model import prepare_model
from openpot.graph.model import CompressedModel
from toy_models import images, tiny_cnn


@cache
def quantized_toy():
    """The float model as it is quantized, the quantized one, and its samples as inputs by number."""
    held = CompressedModel(graph=tiny_cnn())
    prepare_model(held)
    samples = images(8)
    engine = openpot.IEEngine({"device": "CPU"}, [(sample, None) for sample in samples])
    quantized = openpot.create_pipeline([{"name": "MinMaxQuantization", "params": {}}], engine).run(
        openpot.CompressedModel(graph=tiny_cnn())
    )
    openpot.compress_model_weights(quantized)
    return held.members[0].model, quantized.members[0].model, [{0: sample[None]} for sample in samples]
