"""openpot, as the cases use it."""

from __future__ import annotations

import sys

NAME = "openpot"
HAS_EXIT_CODES = True


def quantize(model, data, **choices):
    """The quantized model."""
    return quantize_and_tell(model, data, **choices).model


def quantize_and_tell(model, data, **choices):
    import openpot

    return openpot.quantize(model, data, **choices)


def quantize_by_metric(model, data, score, max_drop=0.01, **choices):
    """The model, quantized as far as the metric ``score(outputs, annotation)`` allows."""
    choices.setdefault("higher_is_better", True)
    result = quantize_and_tell(model, data, metric=score, max_drop=max_drop, **choices)
    if not result.status.is_success:
        print(f"status: {result.status}", file=sys.stderr)
    return result.model


def save(model, folder):
    """Save a model in a folder; returns the path of the .xml."""
    from openpot import save_model
    from openpot.graph.model import CompressedModel

    folder.mkdir(parents=True, exist_ok=True)
    return save_model(CompressedModel(graph=model), folder, model_name="model")[0]["model"]


def read(path):
    """A model out of a file."""
    from openpot.graph.read import read_model

    return read_model(path)


def command(*words):
    """The command line."""
    return [sys.executable, "-c", "from openpot.cli.main import main; main()", *map(str, words)]


def quantize_command(model, data, folder, *options):
    return command("quantize", model, "--data", data, "--output", folder, *options)
