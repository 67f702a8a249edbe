"""What is left to do where the outputs of a quantized model cannot be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openpot.algorithms.calibration import require_engine
from openpot.algorithms.context import Calibration
from openpot.algorithms.fast_bias_correction import FastBiasCorrection
from openpot.graph.restored_model import restored_on_failure
from openpot.optional_stage import optional_stage
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
) -> BiasCorrectionResult | None:
    """Correct the biases of a quantized model layer by layer, in place.

    Args:
        original: the float model.
        model: the same model, quantized.
        plan: its quantizers.
        config: of the bias correction.
        engine: runs ``original`` on the calibration samples.

    Returns:
        What was corrected; None if that failed, too, which a warning says.
    """
    with optional_stage("correcting the biases layer by layer", "They stay as they are"), restored_on_failure(model):
        bias = FastBiasCorrection(config, engine)
        specs = bias.required_statistics(original, plan.layers_with_weights)
        sampler = bias.calibration_subset().make_sampler(require_engine(engine))
        means = collect_statistics(require_engine(engine), original, specs, sampler)
        return bias.apply(model, Calibration(means))
    return None
