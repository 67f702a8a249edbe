"""A stand-in for the Accuracy Checker: the few functions that openpot calls, with arithmetic that can be checked.

Samples are numbers: sample i is an image that grows from i to the right, its annotation is i. The real package has a
check of its own in ``tests/with_accuracy_checker/``.
"""

import sys
import types
from collections import OrderedDict
from types import SimpleNamespace

import numpy as np


class Provider:
    def __init__(self, numbers):
        self.numbers, self.batch, self.metadata = numbers, None, {}

    def __len__(self):
        return len(self.numbers)

    def __getitem__(self, position):
        number = self.numbers[position]
        pixels = np.broadcast_to(number + np.arange(16, dtype=np.float32)[:, np.newaxis] / 16, (16, 16, 3))
        image = SimpleNamespace(data=pixels, metadata={"number": number})
        return [position], [number], [image], [f"{number}.png"]


class Executor:
    """Mean of prediction minus annotation."""

    need_store_predictions = True

    def reset(self):
        self.seen = 0

    def update_metrics_on_batch(self, ids, annotations, predictions):
        self.seen += len(annotations)
        results = [
            [SimpleNamespace(metric_name="difference", result=prediction - annotation)]
            for annotation, prediction in zip(annotations, predictions, strict=True)
        ]
        return OrderedDict(zip(ids, results, strict=True)), {}

    def iterate_metrics(self, annotations, predictions):
        values = [prediction - annotation for annotation, prediction in zip(annotations, predictions, strict=True)]
        yield None, SimpleNamespace(name="difference", evaluated_value=values, meta={})
        yield None, SimpleNamespace(name="first", evaluated_value=[7, 9], meta={"calculate_mean": False})

    def get_metrics_attributes(self):
        return {"difference": {"direction": "higher-worse", "type": "difference"}}


class Feeder:
    def __init__(self, inputs_config, inputs, shape_of, laid_out, default_layout):
        self.inputs, self.laid_out, self.default_layout = inputs, laid_out, default_layout

    def fill_inputs(self, images):
        axes = [0, 3, 1, 2] if self.default_layout == "NCHW" else [0, 1, 2, 3]
        batch = [image.data for image in images]
        return [{name: self.laid_out(batch, name, axes, None) for name in self.inputs}]


class Adapter:
    """The prediction is the first pixel of the first output, or the number in the metadata."""

    output_blob = None

    def process(self, raw, identifiers, metas):
        assert self.output_blob in raw[0]
        return [meta["number"] + len(identifier) for identifier, meta in zip(identifiers, metas, strict=True)]


def create_dataset_attributes(datasets, tag):
    section = datasets[0]
    if section["name"] == "broken":
        raise ValueError("broken is no data set")
    preprocessor = SimpleNamespace(process=lambda images, annotations: images)
    postprocessor = SimpleNamespace(process_batch=lambda annotations, predictions, metas: (annotations, predictions))
    return Provider(section["numbers"]), Executor() if "metrics" in section else None, preprocessor, postprocessor


def install(monkeypatch):
    """Make ``import accuracy_checker`` find the stand-in."""
    evaluator = types.ModuleType("accuracy_checker.evaluators.quantization_model_evaluator")
    evaluator.create_dataset_attributes = create_dataset_attributes
    evaluator.create_adapter = lambda config, launcher, dataset: Adapter()
    evaluator.InputFeeder = Feeder
    evaluator.extract_image_representations = lambda images, meta_only: [image.metadata for image in images]
    config = types.ModuleType("accuracy_checker.config")
    config.ConfigReader = SimpleNamespace(convert_paths=lambda content: content)
    for name in ("accuracy_checker", "accuracy_checker.evaluators"):
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    monkeypatch.setitem(sys.modules, evaluator.__name__, evaluator)
    monkeypatch.setitem(sys.modules, config.__name__, config)
