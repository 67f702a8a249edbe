"""The format of every weight tensor: as stated, or chosen by what each does to the outputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from openpot.compression.choose_by_size import SizeChooser, TensorOptions, estimate_losses, require_reachable
from openpot.compression.choose_formats import WeightChoice, choose_formats, keep_as_stored
from openpot.compression.fixed_size import count_fixed_bytes
from openpot.compression.format_options import choose_probe, list_options
from openpot.compression.output_sensitivity import Sensitivity, measure_sensitivities
from openpot.errors import ConfigError
from openpot.inference.recorded_states import unroll_states
from openpot.measure.held_out_loss import find_logits
from openpot.optional_stage import optional_stage

if TYPE_CHECKING:
    from openpot.compression.size_curve import SizeCurve
    from openpot.compression.split_samples import SplitSamples
    from openpot.compression.weight_tensors import KeptWeights, WeightTensor
    from openpot.config.weight_compression import WeightCompressionConfig
    from openpot.graph.tensor_id import TensorId
    from openpot.graph.types import Model
    from openpot.progress import Progress

CALIBRATING = 16
"""Samples that tell what layers read while sensitivities are measured."""


@dataclass(frozen=True)
class FormatDecision:
    """How all weights are stored.

    Attributes:
        choices: what is stored anew.
        kept: what stays as it is stored.
        curve: size against loss, where one of both decided.
    """

    choices: tuple[WeightChoice, ...]
    kept: tuple[KeptWeights, ...]
    curve: SizeCurve | None = None


class FormatDecider:
    """Decides on formats; what that takes is measured once.

    Args:
        model: the float model; it is not changed.
        tensors: its weights.
        config: what was asked for.
        samples: what sensitivities are measured on; None without data.
        progress: is told how the work goes on.

    Raises:
        ConfigError: a size cannot be reached, or a loss is limited and there are no data to measure it on.
    """

    def __init__(
        self,
        model: Model,
        tensors: Sequence[WeightTensor],
        config: WeightCompressionConfig,
        samples: SplitSamples | None,
        progress: Progress,
    ) -> None:
        self._config = config
        self._stated = list(tensors)
        self._stored: list[KeptWeights] = []
        self._chooser: SizeChooser | None = None
        if not config.is_sized:
            return
        if config.max_output_error is not None and samples is None:
            raise ConfigError("max_output_error needs data to measure the loss on; without data give max_size")
        self._stated = []
        self._stored = [keep_as_stored(weights) for weights in tensors if not list_options(weights)]
        sized = [weights for weights in tensors if list_options(weights)]
        if sized:
            fixed_bytes = count_fixed_bytes(model, sized)
            limit = config.size_limit
            has_two_bits = limit is not None and require_reachable(sized, fixed_bytes, limit)
            sensitivities = None if samples is None else _measure(model, sized, samples, has_two_bits, progress)
            options = estimate_losses(model, sized, sensitivities, has_two_bits)
            self._chooser = _make_chooser(model, options, fixed_bytes, sensitivities is not None)

    @property
    def finds_anything(self) -> bool:
        """Whether there are weights that can be stored in fewer bits than they are."""
        return self._chooser is not None or bool(choose_formats(self._stated, self._config)[0])

    def decide(self, expected_loss: float | None = None) -> FormatDecision:
        """Choose formats.

        Args:
            expected_loss: what may be lost by expectation; None for the stated limit.

        Raises:
            ConfigError: a size cannot be reached.
        """
        choices, kept = choose_formats(self._stated, self._config)
        if self._chooser is None:
            return FormatDecision(choices, (*self._stored, *kept))
        limit, size = self._config.max_output_error, self._config.size_limit
        chosen: tuple[WeightChoice, ...] = ()
        curve: SizeCurve | None = None
        if limit is not None:
            chosen, curve = self._chooser.choose_below(limit if expected_loss is None else expected_loss)
        if size is not None and (curve is None or not self._chooser.fits(curve.chosen, size)):
            chosen, curve = self._chooser.choose_within(size)
        return FormatDecision((*chosen, *choices), (*self._stored, *kept), curve)


def _make_chooser(model: Model, options: Sequence[TensorOptions], fixed_bytes: int, is_measured: bool) -> SizeChooser:
    if not is_measured:
        return SizeChooser(options, fixed_bytes, "error of the weights", has_squares=False)
    if find_logits(model) is not None:
        return SizeChooser(options, fixed_bytes, "divergence of the next token", has_squares=False)
    return SizeChooser(options, fixed_bytes, "error of the outputs", has_squares=True)


def _measure(
    model: Model, sized: Sequence[WeightTensor], samples: SplitSamples, has_two_bits: bool, progress: Progress
) -> Mapping[TensorId, Sensitivity] | None:
    with optional_stage("measuring what layers do to the outputs", "Formats are chosen by the weights alone"):
        stateless, feeds = unroll_states(model, samples.rounding)
        step = max(1, len(feeds) // CALIBRATING)
        probes = [choose_probe(weights, has_two_bits) for weights in sized]
        return measure_sensitivities(stateless, probes, feeds[::step], progress)
    return None
