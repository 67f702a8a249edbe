"""Engines whose metric compares outputs with those of the float model, for searches that keep a metric."""

import ast
from dataclasses import replace
from functools import cache

import numpy as np

from openpot.algorithms.calibration import calibrate
from openpot.data.metric import Metric
from openpot.engine.call_predict import call_predict
from openpot.engine.openvino_engine import IEEngine
from openpot.graph.model import CompressedModel
from openpot.pipeline import create_pipeline
from openpot.recipes.default_quantization import DefaultQuantization
from openpot.search.quantized_variant import QuantizedVariant
from real_networks import outputs
from toy_engines import ListLoader
from toy_models import images, worked_example


class Agreement(Metric):
    """1 minus 1000 times the mean distance of the output from the annotation."""

    direction = "higher-better"
    name = "agreement"

    def reset(self):
        self.distances = []

    def update(self, output, target):
        self.distances += [1000 * float(np.abs(output[0] - np.asarray(label)).mean()) for label in target]
        self.shown = getattr(self, "shown", 0) + 1

    def score(self, distance):
        return 1 - distance

    @property
    def value(self):
        return {self.name: [self.score(self.distances[-1])]}

    @property
    def avg_value(self):
        return {self.name: self.score(float(np.mean(self.distances)))}

    def get_attributes(self):
        return {self.name: {"direction": self.direction, "type": "distance"}}


class Distance(Agreement):
    direction, name = "higher-worse", "distance"

    def score(self, distance):
        return distance


def annotated_with_outputs(model, count=16):
    samples = images(count)
    return list(zip(samples, outputs(model, samples), strict=True))


@cache
def answers_of_worked_example(count):
    return outputs(worked_example(), images(count))


def engine_with(metric, model=None, count=16, kind=IEEngine, **config):
    """An engine over images that are annotated with the outputs of the model."""
    samples = images(count)
    answers = answers_of_worked_example(count) if model is None else outputs(model, samples)
    return kind({"device": "CPU", **config}, ListLoader(list(zip(samples, answers, strict=True))), metric)


def held(model=None):
    return CompressedModel(graph=worked_example() if model is None else model)


def variant_of(model=None, **params):
    """A quantized model with what it was made from; one of the worked example is made once, and copies are given."""
    variant = _variant_of_worked_example(repr(params)) if model is None else _make_variant(model, params)
    return replace(variant, reference=variant.reference.copy(), model=variant.model.copy())


@cache
def _variant_of_worked_example(params):
    return _make_variant(None, ast.literal_eval(params))


def _make_variant(model, params):
    subject = held(model)
    engine = engine_with(Agreement())
    base = DefaultQuantization({"target_device": "CPU", "max_output_error": 10.0, **params}, engine)
    calibrate(engine, subject, [base])
    reference = subject.copy()
    base.run(subject)
    return QuantizedVariant("quantized", reference, subject, base.result.min_max, "CPU", base.result)


def run_aware(engine, model=None, name="AccuracyAwareQuantization", **params):
    """The model after an accuracy-aware quantization, and its result."""
    subject = held(model)
    pipeline = create_pipeline([{"name": name, "params": {"target_device": "CPU", **params}}], engine)
    pipeline.run(subject)
    return subject, pipeline.algo_seq[0].result


def measure_metrics(engine, subject):
    engine.set_model(subject)
    return call_predict(engine)[0]
