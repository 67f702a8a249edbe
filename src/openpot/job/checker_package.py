"""The Accuracy Checker, where it is installed: the parts of it that read data and measure. None of it runs a model."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openpot.config.config_file import read_config_file
from openpot.config.engine_section import AccuracyCheckerEngineConfig
from openpot.data.input_description import InputDescription
from openpot.errors import ConfigError, MissingExtraError

PACKAGES = ("openvino.tools.accuracy_checker", "accuracy_checker")
"""Under which names it has been installed."""


@dataclass(frozen=True, eq=False)
class CheckedDataset:
    """One data set of the Accuracy Checker.

    Attributes:
        provider: samples by number.
        metrics: measures them; None where the configuration has no metrics.
        preprocessor: makes samples ready for the model.
        postprocessor: makes predictions ready for the metrics.
    """

    provider: Any
    metrics: Any
    preprocessor: Any
    postprocessor: Any


@dataclass(frozen=True, eq=False)
class CheckedParts:
    """All that a configuration describes.

    Attributes:
        optimization: calibrates.
        evaluation: measures; often the same.
        adapter: turns outputs into predictions.
        feeder: turns samples into inputs.
        metas_of: the facts of samples that post-processing needs.
    """

    optimization: CheckedDataset
    evaluation: CheckedDataset
    adapter: Any
    feeder: Any
    metas_of: Any


def load_parts(config: AccuracyCheckerEngineConfig, inputs: Sequence[InputDescription]) -> CheckedParts:
    """Make the parts for a model with these inputs.

    Raises:
        MissingExtraError: the Accuracy Checker is not installed; the message says how to do without it.
        ConfigError: it refuses its configuration, or a custom evaluator is asked for.
    """
    root = find_checker()
    described = read_evaluation(config)
    try:
        return _make_parts(root, described, inputs)
    except Exception as error:
        raise ConfigError(
            f"the Accuracy Checker refuses its part of engine: {type(error).__name__}: {error}"
        ) from error


def find_checker() -> str:
    """The name under which the package can be imported.

    Raises:
        MissingExtraError: it cannot.
    """
    for name in PACKAGES:
        try:
            importlib.import_module(f"{name}.evaluators.quantization_model_evaluator")
        except ImportError:
            continue
        return name
    raise MissingExtraError(
        "engine.type: 'accuracy_checker' (which is meant where no type is stated) needs the Accuracy Checker, which "
        "left OpenVINO and is not installed. openpot describes data and metrics itself: engine: {type: openpot, data: "
        "{image_folder: images/, annotations: labels.txt}, metrics: [{name: accuracy, k: 1}]}, where data may also "
        "be {npz: samples.npz} or {callable: 'module:function'} and a metric {callable: 'module:function'}. 'openpot "
        "convert-config OLD NEW' writes that for configurations of image classification"
    )


def read_evaluation(config: AccuracyCheckerEngineConfig) -> dict[str, Any]:
    """``launchers`` and ``datasets``, from the file or from the section itself.

    Raises:
        ConfigError: there are none, or a custom evaluator is described.
    """
    if config.config is None:
        described: dict[str, Any] = {"launchers": list(config.launchers or ()), "datasets": config.datasets}
        if config.module is not None:
            described["module"] = config.module
    else:
        content = read_config_file(config.config)
        models = content.get("models") or content.get("evaluations")
        described = dict(models[0]) if isinstance(models, list) and models and isinstance(models[0], Mapping) else {}
    if "module" in described:
        raise ConfigError(
            f"engine: the custom evaluator {described['module']!r} runs models itself, through a runtime that is gone: "
            "write an engine of your own with the Python API (a subclass of Engine with set_model and predict)"
        )
    if not described.get("datasets"):
        raise ConfigError(f"engine: {config.config or 'this section'} describes no datasets")
    return described


def split_datasets(datasets: Any) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The data set that calibrates and the one that measures.

    Raises:
        ConfigError: there is none.
    """
    if isinstance(datasets, Mapping):
        common = datasets.get("preprocessing")
        pair = [datasets.get("optimization"), datasets.get("evaluation")]
        first, second = pair[0] or pair[1], pair[1] or pair[0]
    else:
        common, first, second = None, datasets[0], datasets[0]
    if not isinstance(first, Mapping) or not isinstance(second, Mapping):
        raise ConfigError("engine.datasets: expected a list of data sets, or optimization and evaluation")
    base = {} if common is None else {"preprocessing": common}
    return {**base, **first}, {**base, **second}


def _make_parts(root: str, described: Mapping[str, Any], inputs: Sequence[InputDescription]) -> CheckedParts:
    evaluator = importlib.import_module(f"{root}.evaluators.quantization_model_evaluator")
    reader = importlib.import_module(f"{root}.config").ConfigReader
    first, second = split_datasets(described["datasets"])
    made = {}
    for tag, section in (("optimization", first), ("evaluation", second)):
        model = reader.convert_paths({"models": [{"name": "model", "launchers": [], "datasets": [dict(section)]}]})
        parts = evaluator.create_dataset_attributes(_get_datasets(model), tag)
        made[tag] = CheckedDataset(parts[0], parts[1], parts[2], parts[3])
        made[tag].provider.batch = 1
    launcher: Mapping[str, Any] = next(iter(described.get("launchers") or ()), {})
    adapter = launcher.get("adapter")
    return CheckedParts(
        made["optimization"],
        made["evaluation"],
        evaluator.create_adapter(adapter, None, made["evaluation"].provider) if adapter else None,
        _make_feeder(evaluator, launcher, inputs),
        lambda samples: evaluator.extract_image_representations(samples, meta_only=True),
    )


def _get_datasets(config: Any) -> Any:
    return config["models"][0]["datasets"]


def _make_feeder(evaluator: Any, launcher: Mapping[str, Any], inputs: Sequence[InputDescription]) -> Any:
    shapes = {given.name: _Layer(tuple(size or -1 for size in given.shape or ())) for given in inputs}
    first = next(iter(shapes.values())).shape
    layout = "NHWC" if len(first) == 4 and first[1] not in (1, 3) and first[3] in (1, 3) else "NCHW"
    return evaluator.InputFeeder(
        list(launcher.get("inputs", [])), shapes, lambda name: shapes[name].shape, _lay_out, default_layout=layout
    )


@dataclass(frozen=True)
class _Layer:
    """What the feeder asks about an input."""

    shape: tuple[int, ...]


def _lay_out(data: Any, name: str, layout: Sequence[int], precision: Any, template: Any = None) -> Any:
    """A batch of samples with its axes in the order of the input."""
    del name, template
    import numpy as np

    array = np.asarray(data)
    if array.ndim == 4 and len(layout) == 4:
        array = array.transpose(layout)
    return array.astype(precision) if precision else array
