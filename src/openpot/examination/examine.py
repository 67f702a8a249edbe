"""A closer look at a result, part by part: a part that fails is left out, and a warning says why.

It costs about five compilations and as many passes over a few samples, so that it is made only where it is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from openpot.algorithms.prepared_model import prepare_model
from openpot.data.sampler import BatchSampler
from openpot.examination.layer_noise import measure_layer_noise
from openpot.examination.layer_times import describe_conversions, time_layers
from openpot.examination.records import (
    ConversionRecord,
    Examination,
    InputRecord,
    LayerNoiseRecord,
    LayerTimeRecord,
    SampleRecord,
    TensorRecord,
)
from openpot.examination.sample_errors import describe_inputs, find_worst_samples
from openpot.examination.tensor_values import describe_activations, describe_weights
from openpot.graph.model import CompressedModel
from openpot.inference.feeds_in_memory import load_feeds
from openpot.inference.model_inputs import describe_inputs as describe_model_inputs
from openpot.measure.side_by_side import find_device_for
from openpot.optional_stage import optional_stage

if TYPE_CHECKING:
    from openpot.data.loader import DataLoader
    from openpot.graph.types import Model

SAMPLES_OF_TENSORS = 8
"""Histograms and errors of layers settle within a few samples: each holds thousands of values of a tensor."""
SAMPLES = 32
MISSING = "The report does not have them"


def examine_result(
    source: Model, result: Model, loader: DataLoader, samples: Sequence[int], layers: Sequence[str], target_device: str
) -> Examination:
    """Look at ranges, errors and times of layers, and at samples.

    Args:
        source: the float model; it is not changed.
        result: the quantized one.
        loader: the data.
        samples: numbers of samples that may be used.
        layers: names of the operations that multiply and accumulate.
        target_device: what the result is for; nothing is timed if it is not here.
    """
    chosen = [number for number in samples if number < len(loader)][:SAMPLES]
    reference = CompressedModel(graph=source.clone())
    prepare_model(reference)
    float_model = reference.members[0].model
    feeds = load_feeds(source, loader, BatchSampler(loader, 1, chosen))
    inputs = [feed.inputs for feed in feeds]
    few = inputs[:SAMPLES_OF_TENSORS]
    tensors: tuple[TensorRecord, ...] = ()
    noise: tuple[LayerNoiseRecord, ...] = ()
    times: tuple[LayerTimeRecord, ...] = ()
    conversions: ConversionRecord | None = None
    worst: tuple[SampleRecord, ...] = ()
    described: tuple[InputRecord, ...] = ()
    with optional_stage("looking at the values of quantized tensors", MISSING):
        tensors = (*describe_activations(result, few), *describe_weights(float_model, result))
    with optional_stage("measuring the errors of layers", MISSING):
        noise = measure_layer_noise(float_model, result, loader, chosen[:SAMPLES_OF_TENSORS])
    if find_device_for(target_device) == "CPU":
        with optional_stage("timing the layers", MISSING):
            times, conversions = time_layers(source, result, layers, few), describe_conversions(result, few)
    with optional_stage("looking for the worst samples", MISSING):
        worst = find_worst_samples(source, result, feeds)
    with optional_stage("looking at the samples", MISSING):
        described = describe_inputs([entry.name for entry in describe_model_inputs(source)], inputs)
    samples_seen = len({number for feed in feeds for number in feed.indices})
    return Examination(samples_seen, tensors, noise, times, conversions, worst, described)
