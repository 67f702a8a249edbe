"""Pipelines: algorithms in a row, run on a model with as few passes over the data as their order allows.

Algorithms that leave the original model's statistics valid are grouped with the next one that does not: one calibration
pass serves the group, on the model as the groups before left it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from openpot.algorithms.base import Algorithm
from openpot.algorithms.calibration import calibrate
from openpot.algorithms.calibration_data import reading_sequences
from openpot.algorithms.context import PipelineContext
from openpot.algorithms.preflight import check_before_run
from openpot.config.algorithms import AlgorithmConfig
from openpot.data.watched_samples import check_sample_timeout
from openpot.engine.call_predict import call_predict
from openpot.errors import AlgorithmError, ConfigError, OpenPotError
from openpot.graph.model import CompressedModel
from openpot.graph.restored_model import restored_on_failure
from openpot.installed_version import find_installed_version
from openpot.memory_errors import is_out_of_memory
from openpot.pipeline_checks import warn_about_result
from openpot.registry import get_algorithm_class
from openpot.watched_run import watched_run

if TYPE_CHECKING:
    from openpot.engine.base import Engine
    from openpot.progress import Progress, StageMemory

logger = logging.getLogger(__name__)

RULER = "=" * 75


class Pipeline:
    """Algorithms that are applied to a model in their order.

    Args:
        engine: runs the model on data for those algorithms that need it, and for ``evaluate``.
        progress: is informed of how the calibration passes go on.
        checks_result: log a warning where most of the result is not INT8, or the device computes it wrongly.

    Attributes:
        progress: as above.
    """

    def __init__(self, engine: Engine | None, progress: Progress | None = None, checks_result: bool = True) -> None:
        self._engine = engine
        self._algo_seq: list[Algorithm] = []
        self._checks_result = checks_result
        self.progress = progress

    @property
    def algo_seq(self) -> list[Algorithm]:
        """The algorithms in their order."""
        return self._algo_seq

    def add_algo(self, algo: Algorithm) -> None:
        """Append an algorithm.

        Raises:
            ConfigError: it is not an algorithm.
        """
        if not isinstance(algo, Algorithm):
            raise ConfigError(
                f"a pipeline takes objects of subclasses of Algorithm, not {type(algo).__name__}: make one by name "
                "with create_pipeline, or subclass openpot.Algorithm"
            )
        self._algo_seq.append(algo)

    def run(self, model: CompressedModel) -> CompressedModel:
        """Apply the algorithms and return the model: the given object, changed, unless an algorithm made another.

        If anything fails, ``model`` is as it was before.

        Raises:
            OpenPotError: what is asked for cannot be done, a sample of the data is unusable, or the model is.
        """
        _log_versions()
        if not self._algo_seq:
            return model
        check_before_run(self._engine, model, self._algo_seq)
        original = model.copy() if self._checks_result else None
        with watched_run(self.progress, find_sample_timeout(self._engine)) as stages:
            with restored_on_failure(model), reading_sequences(self._engine, model, self._algo_seq):
                result = self._run_groups(model, stages)
            if original is not None:
                warn_about_result(original, result, self._algo_seq, self._engine)
        return result

    def _run_groups(self, model: CompressedModel, stages: StageMemory) -> CompressedModel:
        context = PipelineContext()
        for group in group_by_pass(self._algo_seq):
            model, context = self._run_group(model, group, context, stages)
        return model

    def collect_statistics_and_run(self, model: CompressedModel, algorithms: Sequence[Algorithm]) -> CompressedModel:
        """Collect what ``algorithms`` need on ``model`` in one go, then run them in their order."""
        with watched_run(self.progress, find_sample_timeout(self._engine)) as stages:
            return self._run_group(model, algorithms, PipelineContext(), stages)[0]

    def _run_group(
        self, model: CompressedModel, algorithms: Sequence[Algorithm], context: PipelineContext, stages: StageMemory
    ) -> tuple[CompressedModel, PipelineContext]:
        """The model after a group with a common calibration, and what later groups have to know."""
        names = ",".join(algorithm.name for algorithm in algorithms)
        logger.info("Start computing statistics for algorithms : %s", names)
        calibrate(self._engine, model, algorithms, stages, context)
        logger.info("Computing statistics finished")
        for algorithm in algorithms:
            logger.info("Start algorithm: %s", algorithm.name)
            stages.stage = f"running {algorithm.name}"
            algorithm.receive_context(context)
            model = run_algorithm(algorithm, model)
            context = context if algorithm.result is None else algorithm.extend_context(context)
            logger.info("Finished: %s\n %s", algorithm.name, RULER)
        return model, context

    def evaluate(self, model: CompressedModel) -> Any:
        """The metric of ``model`` over the whole data set, ``{name: value}``; None without a metric.

        Raises:
            ConfigError: the pipeline has no engine.
        """
        if self._engine is None:
            raise ConfigError("the pipeline has no engine to evaluate with: pass one to create_pipeline")
        logger.info("Evaluation of generated model")
        self._engine.set_model(model)
        # Engines that can do without metrics while calibrating look at this attribute.
        self._engine.calculate_metrics = True  # type: ignore[attr-defined]
        metrics, _ = call_predict(self._engine, print_progress=True)
        return metrics


def run_algorithm(algorithm: Algorithm, model: CompressedModel) -> CompressedModel:
    """The model that an algorithm makes of ``model``.

    Raises:
        AlgorithmError: it raised an error that is not openpot's, or returned something else.
        OpenPotError: what it is asked for cannot be done.
    """
    name = algorithm.name or type(algorithm).__name__
    try:
        result = algorithm.run(model)
    except (OpenPotError, MemoryError):
        raise
    except Exception as error:
        if type(algorithm).__module__.startswith("openpot.") or is_out_of_memory(error):
            raise
        raise AlgorithmError(f"the algorithm {name!r} raised {type(error).__name__}: {error}") from error
    if not isinstance(result, CompressedModel):
        raise AlgorithmError(
            f"the algorithm {name!r} returned {result!r:.80}: run() must return the model to go on with, a "
            "CompressedModel (usually the one that it was given)"
        )
    return result


def find_sample_timeout(engine: Any) -> float | None:
    """The limit of time for a sample in the configuration of an engine."""
    config = getattr(engine, "config", None)
    return check_sample_timeout(config.get("sample_timeout")) if isinstance(config, Mapping) else None


def group_by_pass(algorithms: Iterable[Algorithm]) -> list[list[Algorithm]]:
    """Split a sequence of algorithms after each one that changes the original model."""
    groups: list[list[Algorithm]] = [[]]
    for algorithm in algorithms:
        groups[-1].append(algorithm)
        if algorithm.change_original_model:
            groups.append([])
    return [group for group in groups if group]


def create_pipeline(
    algo_config: Iterable[Mapping[str, Any]] | None, engine: Engine | None = None, interface: str = "API"
) -> Pipeline:
    """A pipeline from a list ``[{'name': ..., 'params': {...}}, ...]`` of dictionaries of any kind.

    Parameters of openpot's algorithms are validated here, before any inference, unless they are a configuration
    already; those of algorithms that users registered reach them as they are. Other keys than ``name`` and ``params``
    are ignored.

    Args:
        algo_config: the algorithms in the order in which they are applied; None or an empty dict for none.
        engine: runs the model on data.
        interface: how the caller is called; without effect.

    Raises:
        UnknownNameError: an algorithm or a parameter does not exist.
        ConfigError: an entry is not a dictionary with a name, a value is not possible, or the algorithm does not exist
            in openpot yet.
    """
    del interface
    pipeline = Pipeline(engine)
    for name, params in list_stated_algorithms(algo_config):
        algorithm: Any = get_algorithm_class(name)
        pipeline.add_algo(algorithm(params, engine))
    return pipeline


def list_stated_algorithms(
    algo_config: Iterable[Mapping[str, Any]] | None,
) -> list[tuple[str, Any]]:
    """Name and parameters of each algorithm that a configuration states.

    Raises:
        ConfigError: an entry is not a dictionary with a name.
    """
    entries = [algo_config] if isinstance(algo_config, Mapping) else list(algo_config or ())
    return [_name_and_parameters(position, entry) for position, entry in enumerate(entries) if algo_config]


def _name_and_parameters(position: int, entry: Any) -> tuple[str, Any]:
    if not isinstance(entry, Mapping) or not entry.get("name"):
        raise ConfigError(f"algorithms[{position}]: expected {{'name': ..., 'params': {{...}}}}, given {entry!r}")
    params = entry.get("params") or {}
    if not isinstance(params, Mapping | AlgorithmConfig):
        raise ConfigError(f"algorithms[{position}].params: expected a dictionary, given {params!r}")
    return str(entry["name"]), params


def _log_versions() -> None:
    for title, package in (
        ("Inference Engine version:                %s", "openvino"),
        ("NumPy version:                           %s", "numpy"),
        ("Post-Training Optimization Tool version: openpot %s", "openpot"),
    ):
        logger.info(title, find_installed_version(package))
