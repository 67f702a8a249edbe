"""What users should know about a compressed model before they use it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from openpot.graph.operation_kinds import FLOAT_TYPES

if TYPE_CHECKING:
    from openpot.compression.compress_model import StoredChoice
    from openpot.compression.one_attempt import Attempt
    from openpot.config.weight_compression import WeightCompressionConfig


def list_warnings(attempt: Attempt, config: WeightCompressionConfig, read_as: Mapping[str, str]) -> Iterator[str]:
    """All warnings about a compressed model.

    Args:
        attempt: the model, and what held-out samples show.
        config: what was asked for.
        read_as: in which type the device holds the weights of operations, by name.
    """
    yield from _about_weights(attempt, read_as)
    yield from explain_loss(attempt, config)
    yield from _about_dynamic_quantization(attempt)


def _about_weights(attempt: Attempt, read_as: Mapping[str, str]) -> Iterator[str]:
    recoded = [stored.choice.weights.name for stored in attempt.stored if stored.choice.weights.stored_type]
    if recoded:
        yield (
            f"{len(recoded)} weight tensors were stored in few bits before and are coded anew, {recoded[0]!r} among "
            "them: the original model would lose less"
        )
    unpacked = [stored.choice.weights.name for stored in attempt.stored if _is_unpacked(stored, read_as)]
    if unpacked:
        yield (
            f"the device unpacks the weights of {len(unpacked)} operation(s) when it loads the model, {unpacked[0]!r} "
            "among them: they save no memory, and with several streams (PERFORMANCE_HINT THROUGHPUT, NUM_STREAMS) "
            "OpenVINO computes wrongly with such weights at times: use one stream, int8_asym or int4_asym"
        )


def _is_unpacked(stored: StoredChoice, read_as: Mapping[str, str]) -> bool:
    """Whether the device holds the weights of a product as floats."""
    weights = stored.choice.weights
    return not weights.is_looked_up and read_as.get(weights.name) in FLOAT_TYPES


def explain_loss(attempt: Attempt, config: WeightCompressionConfig) -> Iterator[str]:
    """Why a loss is too large, or not known, and what to do."""
    seen = attempt.judgement
    if seen.agreement is not None and seen.agreement < config.min_agreement:
        yield (
            f"on held-out samples the same token comes first at {seen.agreement:.1%} of the positions, which is below "
            f"the floor of {config.min_agreement:.0%}: take a format with more bits, smaller groups, or more samples"
        )
    if seen.is_lost:
        yield (
            f"on held-out samples the error of the outputs is {attempt.loss:.2f} of their variation: always answering "
            "with their mean would be as good; take a format with more bits, smaller groups, or more samples"
        )
    if seen.loss is not None and attempt.loss is None:
        yield (
            f"the loss is not known: no output varies between the {seen.loss.samples} held-out sample(s); give at "
            "least ten samples that differ"
        )
    if config.max_output_error is not None and not attempt.keeps(config.max_output_error):
        lost = "is not known" if attempt.loss is None else f"is {attempt.loss:.4g}"
        yield (
            f"the loss on held-out samples {lost}, max_output_error is {config.max_output_error:.4g}: allow a larger "
            "max_size, or more loss; 8 bits for all weights lose least of what is tried"
        )


def _about_dynamic_quantization(attempt: Attempt) -> Iterator[str]:
    seen = attempt.judgement
    if seen.switched_off is not None and seen.loss_as_run is not None:
        yield (
            f"quantizing data while the model runs lost {seen.switched_off.value:.4g}, without it is "
            f"{seen.loss_as_run.value:.4g}: it is switched off in the model (runtime options), which may make long "
            "inputs slower; dynamic_quantization=True leaves it to the runtime"
        )
    elif seen.loses_as_run:
        yield (
            "with the runtime's own settings the model loses more than twice what it loses in exact arithmetic; "
            "dynamic_quantization=False writes into the model that its data are not to be quantized while it runs"
        )
