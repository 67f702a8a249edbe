"""One run of a configuration: load, quantize, compress the weights, save, evaluate."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from typing import TYPE_CHECKING, Any

from openpot.config.run import AlgorithmStep, RunConfig
from openpot.errors import OpenPotWarning
from openpot.graph.io import load_model, save_model
from openpot.job.engines import check_engine, make_engine
from openpot.job.output_folders import OutputFolders
from openpot.measure.size_growth import explain_growth
from openpot.pipeline import RULER, create_pipeline
from openpot.rescued_save import save_or_rescue
from openpot.rewrites.compress_weights import compress_model_weights

if TYPE_CHECKING:
    from openpot.graph.model import CompressedModel
    from openpot.progress import Progress

logger = logging.getLogger(__name__)

_PATH_KEYS = frozenset(
    {"model", "weights", "config", "data_source", "image_folder", "npz", "annotations", "exec_log_dir"}
)


@dataclass(frozen=True)
class JobOptions:
    """What the command line adds to a configuration.

    Attributes:
        evaluate: measure the result.
        keeps_float_weights: leave the weights as floating-point numbers.
        command_line: its options as they were given, for the record in the saved model.
    """

    evaluate: bool = False
    keeps_float_weights: bool = False
    command_line: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class JobResult:
    """What came out.

    Attributes:
        files: ``[{'model', 'weights'}]`` of the saved models.
        metrics: of the result; None if it was not evaluated.
        misses_target: whether an algorithm missed a target without which the result is not to be used as it is.
    """

    files: tuple[Mapping[str, str], ...]
    metrics: Mapping[str, Any] | None = None
    misses_target: bool = False


def run_job(
    run: RunConfig, folders: OutputFolders, options: JobOptions | None = None, progress: Progress | None = None
) -> JobResult:
    """Do what the configuration says.

    Raises:
        OpenPotError: something is missing, or does not go together.
    """
    options = options or JobOptions()
    check_engine(run.engine, options.evaluate)
    logger.debug("Configuration: %s", run.stated)
    steps = [_add_log_dir(step, folders) for step in run.algorithms]
    logger.info("Output log dir: %s", folders.home)
    logger.info("Creating pipeline:%s\n %s", "".join(map(_describe, steps)), RULER)
    source = {**run.model.load_config(), "quantization_info": _record(run, options)}
    model = load_model(source, run.compression.target_device)
    sources = model.copy()
    engine = make_engine(run.engine, model)
    pipeline = create_pipeline([{"name": step.name, "params": step.config or step.params} for step in steps], engine)
    pipeline.progress = progress
    model = pipeline.run(model)
    if not options.keeps_float_weights:
        compress_model_weights(model)
    _warn_of_growth(sources, model)
    name = run.model.model_name if model.is_cascade else run.model.name
    files = tuple(save_or_rescue(lambda folder: save_model(model, folder, name), folders.models))
    metrics = pipeline.evaluate(model) if options.evaluate else None
    return JobResult(files, metrics, any(algorithm.misses_target for algorithm in pipeline.algo_seq))


def _warn_of_growth(sources: CompressedModel, results: CompressedModel) -> None:
    for source, result in zip(sources.members, results.members, strict=True):
        for sentence in explain_growth(source.model, result.model):
            warnings.warn(sentence, OpenPotWarning, stacklevel=3)


def render_metrics(metrics: Mapping[str, Any]) -> list[str]:
    """One line for each metric: its name on 27 columns, a colon, its value."""
    return [f"{name: <27s}: {value}" for name, value in metrics.items()]


def _add_log_dir(step: AlgorithmStep, folders: OutputFolders) -> AlgorithmStep:
    """Algorithms leave intermediate models in the folder of the run, unless the configuration says otherwise."""
    if "exec_log_dir" in step.params:
        return step
    config = None if step.config is None else step.config.model_copy(update={"exec_log_dir": folders.home})
    return AlgorithmStep(step.name, {"exec_log_dir": str(folders.home), **step.params}, config)


def _describe(step: AlgorithmStep) -> str:
    lines = [f"\n Algorithm: {step.name}", "\n Parameters:"]
    lines += [f"\n\t{key: <27s}: {value}" for key, value in step.params.items()]
    return "".join(lines)


def _record(run: RunConfig, options: JobOptions) -> dict[str, str]:
    """What is written into the saved model: the configuration and the options without the user's paths."""
    return {
        "config": str(_drop_paths(run.stated)),
        "version": f"openpot {metadata.version('openpot')}",
        "cli_params": str(_drop_paths(options.command_line)),
    }


def _drop_paths(value: Any, key: str = "") -> Any:
    if isinstance(value, Mapping):
        return {name: _drop_paths(entry, name) for name, entry in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_drop_paths(entry, key) for entry in value]
    return "PATH" if isinstance(value, str) and key in _PATH_KEYS else value
