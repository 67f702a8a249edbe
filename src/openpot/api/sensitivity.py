"""Which layers of a model lose most in INT8."""

from __future__ import annotations

from concurrent.futures import Executor
from typing import TYPE_CHECKING, Any

from openpot.algorithms.min_max import MinMaxQuantization, MinMaxResult
from openpot.algorithms.prepared_model import prepare_model
from openpot.api.quantize_arguments import IgnoredNames, Preset, TargetDevice, leave_out, validate
from openpot.api.run_settings import describe_machine, name_model
from openpot.config.algorithms import MinMaxConfig
from openpot.current_run import shared_with
from openpot.data.source import open_data
from openpot.engine.openvino_engine import IEEngine
from openpot.errors import DataError
from openpot.graph.model import CompressedModel
from openpot.graph.read import read_model
from openpot.inference.feeds import group_steps
from openpot.inference.model_inputs import describe_inputs
from openpot.inference.streams import ensure_sequences
from openpot.pipeline import Pipeline
from openpot.progress import Progress, SilentProgress
from openpot.progress_display import shows_progress
from openpot.recipes.trial_samples import MIN_TRIAL_SAMPLES, TrialSamples
from openpot.report.sensitivity_result import Sensitivity
from openpot.search.sensitivity import ModelSensitivity, measure_sensitivity

if TYPE_CHECKING:
    from openpot.graph.types import Model


@shows_progress
def sensitivity(  # noqa: PLR0913  every choice has a default
    model: Any,
    data: Any,
    *,
    preset: Preset = "performance",
    target_device: TargetDevice = "CPU",
    subset_size: int = 300,
    ignored_scope: IgnoredNames = None,
    example_input: Any = None,
    seed: int = 0,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Sensitivity:
    """Find out what each operation loses when it is quantized, from one compiled graph.

    Ranges are the widest that calibration observes and biases are not shifted, so that what is seen is the operation's
    own: :func:`openpot.quantize` chooses both by the outputs and loses less.

    Args:
        model: a path, an ``openvino.Model``, or a torch module with ``example_input``; it is never changed.
        data: samples: see :func:`openpot.data.source.open_data`.
        preset: as :func:`openpot.quantize` has it.
        target_device: what would be quantized for.
        subset_size: how many samples calibrate at most, drawn by ``seed``.
        ignored_scope: operations that stay in float.
        example_input: what a torch module is called with.
        seed: of the draw of samples.
        executor: of processes or of a cluster, takes part; the result is the same (``docs/workers.md``).
        progress: is informed of how the work goes on; None shows bars on terminals and in notebooks.

    Raises:
        OpenPotError: something that was given is unusable.
    """
    config = validate(preset, target_device, ignored_scope, subset_size, seed)
    source = read_model(model, None, example_input)
    config = leave_out(source, config, ignored_scope)
    loader = ensure_sequences(source, open_data(data, describe_inputs(source), config.stat_subset_size))
    engine = IEEngine({"device": "CPU"}, loader)
    algorithm = MinMaxQuantization(config.extract_part(MinMaxConfig), engine)
    with shared_with(executor):
        measured = _quantize_and_measure(source, algorithm, engine, target_device, progress or SilentProgress())
    return Sensitivity(
        name_model(model, source), target_device, measured.error, measured.units, measured.samples, describe_machine()
    )


def _quantize_and_measure(
    source: Model, algorithm: MinMaxQuantization, engine: IEEngine, target_device: str, progress: Progress
) -> ModelSensitivity:
    pipeline = Pipeline(engine, progress, checks_result=False)
    pipeline.add_algo(algorithm)
    quantized = pipeline.run(CompressedModel(graph=source)).members[0].model
    prepared = CompressedModel(graph=source)
    prepare_model(prepared)
    reference = prepared.members[0].model
    feeds = TrialSamples(engine, algorithm.calibration_subset(), reference).feeds
    if len(group_steps(feeds)) < MIN_TRIAL_SAMPLES:
        raise DataError(f"sensitivity needs at least {MIN_TRIAL_SAMPLES} samples, got {len(group_steps(feeds))}")
    result: MinMaxResult = algorithm.result
    if not result.quantizers:
        return ModelSensitivity((), 0.0, 0)
    return measure_sensitivity(reference, quantized, result, feeds, target_device, progress)
