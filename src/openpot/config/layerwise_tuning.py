"""The keys of layer-wise tuning, as POT called them.

POT trained a replica of every layer by gradient descent. Here each layer is fitted in closed form, so the keys about
steps and rates are accepted for the sake of POT's files and have no effect.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator


class QuantizerRatesConfig(BaseModel):
    """Rates of the limits of quantizers; without effect."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scale_lr: float = Field(default=1e-6, ge=0)
    min_lr: float = Field(default=1e-6, ge=0)


class LayerwiseTuningKeys(BaseModel):
    """What both kinds of tuning share.

    Attributes:
        use_layerwise_tuning: fit every layer to what it gives in the float network.
        num_samples_for_tuning: so many positions of its outputs a layer is fitted on, more where it has more weights.
        calibration_indices_pool: so many samples they come from, spread over the calibration samples.
        weight_decay: regularization towards the weights as they were, added to what the data need by themselves, as a
            share of the mean square of the inputs.
        use_only_fp_inputs: fit layers for the inputs that they have in the float network.
        optimizer, loss, weights_lr, bias_lr, batch_size, calculate_grads_on_loss_increase_only, update_every_batch,
            loss_logging_freq, use_ranking_subset: without effect.
    """

    use_layerwise_tuning: bool = False
    num_samples_for_tuning: int = Field(default=5000, ge=1)
    calibration_indices_pool: int = Field(default=300, ge=1)
    weight_decay: float = Field(default=0.0, ge=0)
    use_only_fp_inputs: bool = False
    optimizer: Literal["Adam", "SGD"] = "Adam"
    loss: Literal["l2"] = "l2"
    weights_lr: float = Field(default=1e-5, ge=0)
    bias_lr: float = Field(default=1e-4, ge=0)
    batch_size: int = Field(default=25, ge=1)
    calculate_grads_on_loss_increase_only: bool = False
    update_every_batch: bool = True
    loss_logging_freq: int = Field(default=10, ge=1)
    use_ranking_subset: bool = False


class QuantizedTuningKeys(LayerwiseTuningKeys):
    """Tuning of quantized layers: those that are shared.

    Attributes:
        scale_lr, min_lr, weight_fq, input_fq, set_quantized_values_to_weight_parameter, asymmetric: without effect.
    """

    scale_lr: float = Field(default=1e-6, ge=0)
    min_lr: float = Field(default=1e-6, ge=0)
    weight_fq: QuantizerRatesConfig = Field(default_factory=QuantizerRatesConfig)
    input_fq: QuantizerRatesConfig = Field(default_factory=QuantizerRatesConfig)
    set_quantized_values_to_weight_parameter: bool = True
    asymmetric: bool = False


class SparseTuningKeys(LayerwiseTuningKeys):
    """Tuning of layers that lost weights: those that are shared, with defaults of their own.

    Attributes:
        tuning_iterations: steps of the method of conjugate gradients for each layer and level.
        use_only_fp_inputs: only true is possible.
    """

    num_samples_for_tuning: int = Field(default=2000, ge=1)
    batch_size: int = Field(default=50, ge=1)
    tuning_iterations: int = Field(default=30, ge=1)
    use_only_fp_inputs: bool = True
    calculate_grads_on_loss_increase_only: bool = True
    update_every_batch: bool = False

    @field_validator("use_only_fp_inputs")
    @classmethod
    def _only_float_inputs(cls, value: bool) -> bool:
        if not value:
            raise ValueError("sparse layers are fitted for the inputs of the float network: leave this key out")
        return value
