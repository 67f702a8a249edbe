"""What is left to do where the outputs of a quantized model cannot be asked."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from openpot.algorithms.calibration import require_engine
from openpot.algorithms.context import Calibration
from openpot.algorithms.fast_bias_correction import FastBiasCorrection
from openpot.errors import OpenPotWarning
from openpot.statistics.collector import collect_statistics

if TYPE_CHECKING:
    from openpot.algorithms.bias_records import BiasCorrectionResult
    from openpot.config.algorithms import FastBiasCorrectionConfig
    from openpot.engine.base import Engine
    from openpot.graph.model import CompressedModel
    from openpot.placement.plan import QuantizationPlan


def correct_without_trial(
    original: CompressedModel,
    model: CompressedModel,
    plan: QuantizationPlan,
    config: FastBiasCorrectionConfig,
    engine: Engine | None,
    reason: Exception,
) -> BiasCorrectionResult:
    """Correct the biases of a quantized model layer by layer, in place, and warn that the trial failed.

    Args:
        original: the float model.
        model: the same model, quantized.
        plan: its quantizers.
        config: of the bias correction.
        engine: runs ``original`` on the calibration samples.
        reason: why the trial failed.

    Raises:
        OpenPotError: a sample cannot be used, or an inference failed.
    """
    warnings.warn(
        "the trial of the quantized model failed, so that ranges and precision were not chosen by its outputs: the "
        f"ranges are the widest ones, and biases were corrected layer by layer. The reason: {reason}",
        OpenPotWarning,
        stacklevel=2,
    )
    bias = FastBiasCorrection(config, engine)
    specs = bias.required_statistics(original, plan.layers_with_weights)
    sampler = bias.calibration_subset().sampler(require_engine(engine))
    means = collect_statistics(require_engine(engine), original, specs, sampler)
    return bias.apply(model, Calibration(means))
