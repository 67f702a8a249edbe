"""Data loaders, metrics and engines for tests."""

import numpy as np

from openpot.data.loader import DataLoader
from openpot.data.metric import Metric
from openpot.engine.base import Engine
from openpot.engine.openvino_engine import IEEngine
from toy_models import images


class ListLoader(DataLoader):
    """Samples of a list; ``calls`` notes which were asked for."""

    def __init__(self, samples):
        self.samples, self.calls = list(samples), []

    def __len__(self):
        return len(self.samples)

    def __getitem__(self, index):
        self.calls.append(index)
        return self.samples[index]


def labelled_images(count=6, **options):
    """``(image, number of the sample)`` pairs."""
    return ListLoader([(image, index) for index, image in enumerate(images(count, **options))])


class BufferLoader(DataLoader):
    """Gives every sample, its annotation too, in one and the same array."""

    def __init__(self, samples):
        self._samples = samples
        self._buffer = np.zeros_like(samples[0])
        self._label = np.zeros(1)

    def __len__(self):
        return len(self._samples)

    def __getitem__(self, index):
        self._buffer[...] = self._samples[index]
        self._label[...] = index
        return self._buffer, self._label


class LabelMetric(Metric):
    """The mean of the annotations; remembers what it was shown."""

    def reset(self):
        self.updates, self.last = [], []
        self.resets = getattr(self, "resets", 0) + 1

    def update(self, output, target):
        self.updates.append((output, target))
        self.last = [float(np.asarray(label).ravel()[0]) for label in target]
        self.seen = [*getattr(self, "seen", []), *self.last]

    @property
    def value(self):
        return {"label": self.last}

    @property
    def avg_value(self):
        labels = [float(np.asarray(label).ravel()[0]) for _, target in self.updates for label in target]
        return {"label": float(np.mean(labels))}

    def get_attributes(self):
        return {"label": {"direction": "higher-better", "type": "mean"}}


class PlainEngine(Engine):
    """An engine of a user's own with the documented signature: it infers nothing and reduces the samples themselves."""

    def __init__(self, data_loader):
        super().__init__({}, data_loader)
        self.models = []

    def set_model(self, model):
        self.models.append(model)

    def predict(self, stats_layout=None, sampler=None, metric_per_sample=False, print_progress=False):
        statistics = {node: {name: [] for name in functions} for node, functions in (stats_layout or {}).items()}
        for batch in sampler:
            tensor = np.stack([sample[0] for sample in batch])
            for node, functions in (stats_layout or {}).items():
                for name, function in functions.items():
                    statistics[node][name].append(function(tensor))
        return ([], {}) if metric_per_sample else {}, statistics


class Delegating(Engine):
    """An engine of a user's own with the documented signature."""

    def __init__(self, data_loader):
        super().__init__({}, data_loader)
        self._inner = IEEngine({}, data_loader)

    def set_model(self, model):
        self._inner.set_model(model)

    def predict(self, stats_layout=None, sampler=None, metric_per_sample=False, print_progress=False):
        return self._inner.predict(stats_layout, sampler, metric_per_sample=metric_per_sample)
