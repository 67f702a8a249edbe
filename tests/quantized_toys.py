"""Quantized models with what a trial needs to know of them."""

from dataclasses import dataclass
from typing import Any

import numpy as np

import openvino as ov
from openpot.algorithms.min_max import MinMaxQuantization
from openpot.data.validation_samples import choose_validation_positions
from openpot.engine.openvino_engine import IEEngine
from openpot.graph.model import CompressedModel
from openpot.measure.compare_outputs import compare_outputs
from openpot.measure.output_variation import VariationAccumulator
from openpot.placement.plan import QuantizerKind
from openpot.search.trial_subject import TrialSubject
from openpot.trial.float_outputs import FloatOutputs
from openvino import opset13 as op
from toy_engines import ListLoader
from toy_models import conv, normal, run


@dataclass(eq=False)
class Quantized:
    """``reference`` is in float, ``model`` quantized, ``done`` says how."""

    reference: Any
    model: Any
    done: Any
    feeds: list

    @property
    def activations(self):
        """Names of the quantizers of activations."""
        return [one.name for one in self.done.quantizers if one.planned.kind != QuantizerKind.WEIGHTS]

    @property
    def outputs(self):
        """Those of the float model on all samples."""
        return FloatOutputs(self.reference, self.feeds)

    @property
    def subject(self):
        """Widest limits, and average ones where there are any."""
        limits = {one.name: one.limits for one in self.done.quantizers if one.name in self.activations}
        candidates = {
            name: [own, *([self.done.average[name]] if name in self.done.average else [])]
            for name, own in limits.items()
        }
        return TrialSubject(self.reference, self.model, [one.planned for one in self.done.quantizers], candidates)


def quantized(model, samples, average=True, **params):
    """A model after MinMaxQuantization, beside its original."""
    engine = IEEngine({}, ListLoader([(sample, None) for sample in samples]))
    algorithm = MinMaxQuantization(params, engine, offers_average_ranges=average)
    held = CompressedModel(graph=model)
    algorithm.prepare(held)
    reference = held.members[0].model.clone()
    algorithm.run(held)
    return Quantized(reference, held.members[0].model, algorithm.result, [{0: sample[None]} for sample in samples])


def measure_validation_error(reference, model, feeds):
    """Error of the worst output on the validation samples, as a share of how much it varies between all of them."""
    judging = [feeds[position] for position in choose_validation_positions(len(feeds))]
    errors = compare_outputs(reference, model, judging)
    varies = [variations(reference, samples) for samples in (judging, feeds)]
    shares = [one.relative * np.sqrt(own / whole) for one, own, whole in zip(errors, *varies, strict=True)]
    return max(shares)


def variations(model, feeds):
    accumulators = [VariationAccumulator() for _ in model.outputs]
    for feed in feeds:
        for accumulator, output in zip(accumulators, run(model, *feed.values()), strict=True):
            accumulator.add(output)
    return [accumulator.compute_variation().per_sample for accumulator in accumulators]


def outlier_toy(size=3, batch=1):
    """One convolution whose activations INT8 cannot hold: large numbers where small ones matter."""
    rng = np.random.default_rng(0)
    samples = [rng.normal(size=(16, 4, 4)).astype(np.float32) for _ in range(13)]
    for sample in samples:
        sample[0] = 3000
    data = op.parameter([batch, 16, 4, 4], np.float32, name="data")
    weights = normal(rng, 16, 16, size, size)
    weights[:, 0] = 0
    x = conv(conv(data, weights, "first", size // 2), normal(rng, 16, 16, 3, 3), "second", 1)
    return quantized(ov.Model([op.result(x, name="result")], [data], "outlier"), samples)
