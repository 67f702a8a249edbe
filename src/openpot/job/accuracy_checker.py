"""An engine with the data and metrics of the Accuracy Checker; openpot runs the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from openpot.config.engine_section import AccuracyCheckerEngineConfig
from openpot.data.loader import DataLoader
from openpot.data.metric import Metric
from openpot.engine.openvino_engine import IEEngine
from openpot.errors import ConfigError, DataError
from openpot.inference.model_inputs import describe_inputs
from openpot.job.checker_package import CheckedDataset, CheckedParts, load_parts

if TYPE_CHECKING:
    from openpot.graph.model import CompressedModel
    from openpot.typing_aliases import Array


@dataclass(frozen=True, eq=False)
class Prediction:
    """What the model said about one sample, and the facts of the sample that post-processing needs."""

    value: Any
    meta: Any


class CheckedSamples(DataLoader):
    """Samples of a data set of the Accuracy Checker, pre-processed: (inputs, annotation, metadata)."""

    def __init__(self, dataset: CheckedDataset, parts: CheckedParts) -> None:
        super().__init__()
        self._dataset = dataset
        self._parts = parts

    def __len__(self) -> int:
        return len(self._dataset.provider)

    def __getitem__(self, index: int) -> tuple[dict[str, Array], Any, dict[str, Any]]:
        _, annotations, raw, identifiers = self._dataset.provider[index]
        ready = self._dataset.preprocessor.process(raw, annotations)
        meta = self._parts.metas_of(ready)[0]
        feeds = self._parts.feeder.fill_inputs(ready)
        if len(feeds) != 1:
            raise DataError(f"sample {index} needs {len(feeds)} inferences: such data sets need an engine of your own")
        annotation = annotations[0] if annotations else None
        return feeds[0], annotation, {"identifier": identifiers[0], "meta": meta}


class CheckedMetric(Metric):
    """The metrics of a data set of the Accuracy Checker."""

    def __init__(self, dataset: CheckedDataset) -> None:
        self._executor = dataset.metrics
        self._last: list[Any] = []
        self._annotations: list[Any] = []
        self._predictions: list[Any] = []
        self._postprocessor = dataset.postprocessor
        super().__init__()

    @property
    def value(self) -> dict[str, list[Any]]:
        """Values for the samples of the last update."""
        names: dict[str, list[Any]] = {}
        for results in self._last:
            for result in results:
                names.setdefault(result.metric_name, []).append(result.result)
        return names

    @property
    def avg_value(self) -> dict[str, Any]:
        """Values over everything since the last reset: means, or the first number of metrics that are no mean."""
        averages = {}
        for _, result in self._executor.iterate_metrics(self._annotations, self._predictions):
            values = np.asarray(result.evaluated_value, np.float64).ravel()
            is_mean = (result.meta or {}).get("calculate_mean", True)
            averages[result.name] = float(np.mean(values) if is_mean else values[0])
        return averages

    def update(self, output: Sequence[Prediction], target: Sequence[Any]) -> None:
        """Compare the predictions of one inference with its annotations."""
        values, metas = [prediction.value for prediction in output], [prediction.meta for prediction in output]
        annotations, predictions = self._postprocessor.process_batch(list(target), values, metas)
        results, _ = self._executor.update_metrics_on_batch(range(len(annotations)), annotations, predictions)
        self._last = list(results.values())
        if self._executor.need_store_predictions:
            self._annotations += annotations
            self._predictions += predictions

    def reset(self) -> None:
        """Forget everything."""
        self._executor.reset()
        self._last, self._annotations, self._predictions = [], [], []

    def get_attributes(self) -> dict[str, dict[str, Any]]:
        """The facts about each value."""
        return dict(self._executor.get_metrics_attributes())


class AccuracyCheckerEngine(IEEngine):
    """Calibrates on one data set of the Accuracy Checker and measures on another, which may be the same.

    Args:
        config: settings, see :class:`IEEngine`.
        parts: what the Accuracy Checker made of its configuration.
    """

    def __init__(self, config: Mapping[str, Any], parts: CheckedParts) -> None:
        metric = CheckedMetric(parts.evaluation) if parts.evaluation.metrics is not None else None
        super().__init__(config, CheckedSamples(parts.optimization, parts), metric)
        self._evaluation_samples = CheckedSamples(parts.evaluation, parts)
        self._adapter = parts.adapter

    def predict(self, stats_layout: Any = None, sampler: Any = None, *arguments: Any, **others: Any) -> Any:
        """As in :class:`IEEngine`; without statistics and without a sampler, on the data set that measures."""
        if stats_layout or sampler is not None:
            return super().predict(stats_layout, sampler, *arguments, **others)
        calibrating = self._data_loader
        self._data_loader = self._evaluation_samples
        try:
            return super().predict(None, None, *arguments, **others)
        finally:
            self._data_loader = calibrating

    def postprocess_output(self, outputs: dict[str, Array], metadata: list[Any]) -> Any:  # type: ignore[override]
        """Predictions of the adapter, one for each sample."""
        identifiers, metas = [entry["identifier"] for entry in metadata], [entry["meta"] for entry in metadata]
        if self._adapter is None:
            return [Prediction(outputs, meta) for meta in metas]
        self._adapter.output_blob = self._adapter.output_blob or next(iter(outputs))
        predictions = self._adapter.process([outputs], identifiers, metas)
        return [Prediction(value, meta) for value, meta in zip(predictions, metas, strict=True)]

    @property
    def observes_directly(self) -> bool:
        """True: ``predict`` decides about the data set only."""
        return True


def make_accuracy_checker_engine(config: AccuracyCheckerEngineConfig, model: CompressedModel) -> IEEngine:
    """The engine for a model.

    Raises:
        MissingExtraError: the Accuracy Checker is not installed.
        ConfigError: it refuses its configuration, or the model is a cascade.
    """
    if model.is_cascade:
        raise ConfigError(
            "engine.type: 'accuracy_checker' runs single models here: how the members of a cascade feed each other is "
            "for an engine of your own, with the Python API"
        )
    parts = load_parts(config, describe_inputs(model.members[0].model))
    return AccuracyCheckerEngine(
        {"type": "accuracy_checker", **config.collect_runtime_settings(), "prefetch": False}, parts
    )
