"""Equal models are quantized once: searches over one toy all begin with the same quantization of it.

Tests of what a search does with a quantized model ask for ``quantized_once``: each of them gets a copy. Those of
independent runs ask for ``compiled_anew``, and nothing is kept for them.
"""

import hashlib
import re

import numpy as np

from openpot.graph.model_digest import model_digest
from openpot.recipes.default_quantization import DefaultQuantization
from toy_engines import ListLoader

_COUNTED = re.compile(r"_\d+(?= |$)")
"""Numbers that the runtime gives to operations without a name; no two equal models have the same."""

_kept = {}


def _describe(algorithm, model):
    """All that a quantization depends on, as a hash; None if the samples cannot be looked at."""
    loader = algorithm._engine.data_loader
    if not isinstance(loader, ListLoader):
        return None
    digest = hashlib.sha256(repr((algorithm.settings, algorithm.context)).encode())
    for member in model.members:
        digest.update(model_digest(member.model).encode())
        names = [node.get_friendly_name() for node in member.model.get_ordered_ops()]
        digest.update(_COUNTED.sub("", " ".join(names)).encode())
    for sample, *_ in loader.samples:
        digest.update(repr(np.shape(sample)).encode())
        digest.update(np.ascontiguousarray(sample))
    return digest.hexdigest()


def quantize_equal_models_once(monkeypatch):
    quantize = DefaultQuantization.apply

    def apply(self, model, calibration):
        key = _describe(self, model)
        if key not in _kept:
            result = quantize(self, model, calibration)
            if key is None:
                return result
            _kept[key] = model.copy(), result
        kept, result = _kept[key]
        model.take_over(kept.copy())
        return result

    monkeypatch.setattr(DefaultQuantization, "apply", apply)
