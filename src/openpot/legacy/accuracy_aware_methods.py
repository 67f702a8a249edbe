"""The protected members of POT's accuracy-aware algorithms that have a meaning here: metrics, and steps to call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from openpot.algorithms.calibrated import CalibratedAlgorithm
from openpot.algorithms.calibration import calibrate, require_engine
from openpot.attribute_dict import AttributeDict
from openpot.config.accuracy_aware import AccuracyAwareConfig
from openpot.data.sampler import create_sampler
from openpot.engine.call_predict import call_predict
from openpot.graph.io import save_model
from openpot.legacy.members import RefusesMembers, refused_members
from openpot.legacy.quantized_operations import count_quantized_operations
from openpot.log import warn_caller
from openpot.registry import get_algorithm_class
from openpot.search.accuracy_target import find_directions, make_accuracy_target

if TYPE_CHECKING:
    from openpot.algorithms.base import Algorithm
    from openpot.engine.base import Engine
    from openpot.graph.model import CompressedModel

Metrics = dict[str, float]
PerSample = dict[str, list[float]]
"""``{metric: [one value for each sample]}``."""


class AccuracyAwareMethods(RefusesMembers, CalibratedAlgorithm[AccuracyAwareConfig]):
    """Mixed into an accuracy-aware algorithm, for subclasses that call these members.

    The search calls none of them: a subclass that replaces one is warned.
    """

    historic_class = "AccuracyAwareCommon"

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        for name in sorted(vars(cls).keys() & vars(AccuracyAwareMethods).keys()):
            if name.startswith("_") and not name.startswith("__") and cls.__module__ != __name__:
                warn_caller(
                    f"{cls.__name__} replaces AccuracyAwareCommon.{name}, which the search does not call: replace run, "
                    "or give the engine a metric of your own"
                )

    def __setattr__(self, name: str, value: Any) -> None:
        if name in refused_members(self.historic_class):
            warn_caller(f"{name} has no effect: {refused_members(self.historic_class)[name].message}")
        super().__setattr__(name, value)

    def run(self, model: CompressedModel) -> CompressedModel:
        """Quantize as much as the metrics allow; afterwards the baselines are those that were measured."""
        result = super().run(model)
        if self.result is not None:
            self._baseline_metric = dict(self.result.baseline)
            self.__dict__.pop("_max_drop_by_name", None)
            self._quantized_layers_num = self.result.quantized_operations
        return result

    @cached_property
    def _metrics_config(self) -> AttributeDict:
        """``{metric: {name, type, comparator, persample, ranking, ...}}`` of the metrics that are kept."""
        attributes = require_engine(self._engine).get_metrics_attributes()
        directions = find_directions(attributes, [metric.name for metric in self.settings.metrics])
        config = AttributeDict()
        for name, higher_better in directions.items():
            sign = 1 if higher_better else -1
            targets = {
                "name": name,
                "type": attributes[name].get("type", name),
                "is_special": False,
                "comparator": partial(np.multiply, sign),
                "sort_fn": partial(_order_by_difference, sign),
            }
            config[name] = AttributeDict({**targets, "persample": dict(targets), "ranking": dict(targets)})
        return config

    @cached_property
    def _baseline_metric(self) -> Metrics:
        return dict(self.settings.baselines)

    @cached_property
    def _max_drop_by_name(self) -> Metrics:
        directions = find_directions(require_engine(self._engine).get_metrics_attributes())
        settings = self.settings
        target = make_accuracy_target(self._baseline_metric, directions, settings.allowed_drop, settings.drop_type)
        return {limit.name: limit.allowed for limit in target.limits}

    @cached_property
    def _quantized_layers_num(self) -> int:
        return 0

    @cached_property
    def _dataset_size(self) -> int:
        return len(require_engine(self._engine).data_loader)

    @cached_property
    def _diff_subset_indices(self) -> list[int]:
        return list(range(self._dataset_size))

    @cached_property
    def _quantization_algo(self) -> Algorithm:
        return self._create_quantization_algo(self._config, "AAQuantizationAlgorithm", require_engine(self._engine))

    @staticmethod
    def _create_quantization_algo(algo_config: Mapping[str, Any], name: str, engine: Engine) -> Algorithm:
        """The base algorithm that a configuration names."""
        base: Any = get_algorithm_class(str(algo_config.get("base_algorithm") or "DefaultQuantization"))
        known = base.config_class.model_fields
        algorithm: Algorithm = base({key: value for key, value in algo_config.items() if key in known}, engine)
        algorithm.name = name
        return algorithm

    def _quantize_model(self, model: CompressedModel) -> CompressedModel:
        """Calibrate and quantize ``model`` in place with the base algorithm."""
        algorithm = self._quantization_algo
        calibrate(require_engine(self._engine), model, [algorithm], context=self.context)
        return algorithm.run(model)

    def _quantize_and_evaluate(
        self,
        model: CompressedModel,
        quantization_algo: Callable[[CompressedModel], CompressedModel],
        print_progress: bool = True,
    ) -> tuple[CompressedModel, Metrics, PerSample]:
        """The quantized model, by how much each metric is worse than the baseline, and the values of each sample."""
        quantized = quantization_algo(model)
        metrics, values = self._evaluate_model(quantized, self._diff_subset_indices, print_progress=print_progress)
        baseline = self._baseline_metric
        drops = {
            name: float(config.comparator(baseline[name] - metrics[name]))
            for name, config in self._metrics_config.items()
        }
        return quantized, drops, values

    def _collect_baseline(self, model: CompressedModel, print_progress: bool) -> tuple[Metrics, PerSample]:
        """Metrics of the original model, and the values of each sample."""
        return self._evaluate_model(model, print_progress=print_progress)

    def _evaluate_model(
        self,
        model: CompressedModel,
        per_sample_subset_indices: Iterable[int] | None = None,
        subset_indices: Iterable[int] | None = None,
        print_progress: bool = True,
    ) -> tuple[Metrics, PerSample]:
        """Metrics on the samples ``subset_indices`` (None: all), and values of ``per_sample_subset_indices``."""
        engine = require_engine(self._engine)
        engine.set_model(model)
        samples = list(subset_indices or range(self._dataset_size))
        (records, metrics), _ = call_predict(
            engine,
            sampler=create_sampler(engine, samples),
            metric_per_sample=True,
            print_progress=print_progress,
        )
        wanted = set(samples if per_sample_subset_indices is None else per_sample_subset_indices)
        values: PerSample = {name: [] for name in self._metrics_config}
        for record in records:
            if record["metric_name"] in values and record["sample_id"] in wanted:
                values[record["metric_name"]].append(record["result"])
        return {name: metrics[name] for name in values}, values

    def _calculate_per_sample_metrics(self, model: CompressedModel, subset_indices: Iterable[int]) -> PerSample:
        """Values of each of these samples."""
        return self._evaluate_model(model, subset_indices=subset_indices)[1]

    def _drop_restrictions_are_met(self, metrics_accuracy_drop: Mapping[str, float]) -> bool:
        """Whether no metric lost more than is allowed."""
        allowed = self._max_drop_by_name
        return all(metrics_accuracy_drop[name] <= allowed[name] for name in self._metrics_config)

    def _get_num_of_quantized_ops(self, model: CompressedModel) -> int:
        """How many operations read quantized values."""
        return count_quantized_operations(model)

    def _save_intermediate_model(self, model: CompressedModel) -> None:
        """Save a model below ``exec_log_dir``, or the working folder."""
        folder = Path(self.settings.exec_log_dir or Path.cwd()) / "accuracy_aware_intermediate"
        save_model(model, folder, "intermediate_model")


def _order_by_difference(sign: int, u: Iterable[float], v: Iterable[float], reverse: bool = False) -> Any:
    """The positions of two lists of values in the order in which the first is better than the second."""
    order = np.argsort(sign * (np.asarray(u) - np.asarray(v)))
    return order[::-1] if reverse else order
