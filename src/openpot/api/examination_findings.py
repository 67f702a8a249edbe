"""What a closer look at a result finds: saturated ranges, outliers, layers that INT8 makes slower, conversions."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

from openpot.report.records import Finding, Severity

if TYPE_CHECKING:
    from openpot.examination.records import Examination, Histogram, TensorRecord

MUCH_CLIPPED = 0.01
"""Ranges that calibration observes clip less on samples of the same kind: the widest of some hundred samples lets less
than one value in a hundred out."""
MOST_VALUES = 0.999
FEW_LEVELS = 1 / 16
"""Values that share a sixteenth of a range have 16 of its 256 levels: what 4 bits give."""
SLOWER, MUCH_TIME = 1.1, 0.02
MANY_CONVERSIONS = 0.2
LOUD = 1 / FEW_LEVELS
"""A channel that reaches so many times as far as the median leaves that the same few levels."""
MANY_DEAD = 0.25
POOR_ERROR, LITTLE_TIME = 0.3, 0.01
"""A layer whose own quantization makes an error of 10 dB, and that saves less than a hundredth of the time."""
SHOWN = 3
"""As many of each kind are named, the worst."""


def add_findings(known: Sequence[Finding], examination: Examination) -> tuple[Finding, ...]:
    """The findings of a result and those of a closer look at it, each once."""
    new = [
        *find_saturated(examination.tensors),
        *find_outliers(examination.tensors),
        *find_loud_channels(examination.tensors),
        *find_dead_channels(examination.tensors),
        *find_slower_layers(examination),
        *find_poor_trades(examination),
        *find_conversions(examination),
    ]
    return tuple(dict.fromkeys((*known, *new)))


def find_saturated(tensors: Sequence[TensorRecord]) -> list[Finding]:
    """Tensors of which many values lie outside of the limits of their quantizer."""
    clipped = [(tensor.clipped, tensor) for tensor in tensors if (tensor.clipped or 0.0) > MUCH_CLIPPED]
    return [
        Finding(
            f"the range of {tensor.tensor!r} is saturated: {share:.1%} of its values lie outside of "
            f"{tensor.low:.4g} to {tensor.high:.4g}; observed: {tensor.observed_low:.4g} to {tensor.observed_high:.4g}",
            "calibrate on more samples, or on samples like these",
        )
        for share, tensor in sorted(clipped, key=lambda entry: -(entry[0] or 0.0))[:SHOWN]
    ]


def find_outliers(tensors: Sequence[TensorRecord]) -> list[Finding]:
    """Activations of which few values take most of the range, so that the others share few levels."""
    shares = [
        (measure_used_share(tensor.histogram, tensor.high - tensor.low), tensor)
        for tensor in tensors
        if tensor.kind == "activations" and tensor.high > tensor.low
    ]
    narrow = sorted((entry for entry in shares if entry[0] < FEW_LEVELS), key=lambda entry: entry[0])
    return [
        Finding(
            f"outliers take the range of {tensor.tensor!r}: {MOST_VALUES:.1%} of its values share {share:.1%} of it, "
            f"about {max(1, round(share * 256))} of 256 levels",
            f"see whether {', '.join(tensor.layers)} in float (--ignored) brings the outputs closer",
        )
        for share, tensor in narrow[:SHOWN]
    ]


def find_loud_channels(tensors: Sequence[TensorRecord]) -> list[Finding]:
    """Activations of which one channel reaches so far that the others share few levels."""
    loud = [(tensor.channels, tensor) for tensor in tensors if tensor.channels and tensor.channels.ratio >= LOUD]
    return [
        Finding(
            f"channel {channels.loudest} of the {channels.number} channels of {tensor.tensor!r} reaches "
            f"{channels.ratio:.0f} times as far as the median channel, which is left about "
            f"{max(1, round(256 / channels.ratio))} of 256 levels",
            f"see whether {', '.join(tensor.layers)} in float (--ignored) brings the outputs closer",
        )
        for channels, tensor in sorted(loud, key=lambda entry: -entry[0].ratio)[:SHOWN]
    ]


def find_dead_channels(tensors: Sequence[TensorRecord]) -> list[Finding]:
    """Activations of which many channels are zero, whatever the sample."""
    dead = [
        (tensor.channels, tensor)
        for tensor in tensors
        if tensor.channels and tensor.channels.dead >= MANY_DEAD * tensor.channels.number
    ]
    return [
        Finding(
            f"{channels.dead} of the {channels.number} channels of {tensor.tensor!r} are zero on all samples that were "
            "looked at",
            "look whether the samples are scaled as in training and show all that the network will see; channels that "
            "are always zero can be pruned before the export",
            Severity.NOTE,
        )
        for channels, tensor in sorted(dead, key=lambda entry: -entry[0].dead / entry[0].number)[:SHOWN]
    ]


def find_poor_trades(examination: Examination) -> list[Finding]:
    """Layers whose quantizers cost more than they give: much error of their own, and hardly any time saved."""
    total = sum(layer.before for layer in examination.times)
    saved = {layer.layer: layer.before - layer.after for layer in examination.times}
    poor = [
        (layer.contributed, layer.layer)
        for layer in examination.layers
        if (layer.contributed or 0.0) >= POOR_ERROR and saved.get(layer.layer, total) < LITTLE_TIME * total
    ]
    return [
        Finding(
            f"the quantizers of {name!r} cost more than they give: they add an error of {error:.0%} of the deviation "
            f"of its output, and save {saved[name]:.0f} of {total:.0f} µs",
            "leave it in float with ignored_scope (--ignored)",
        )
        for error, name in sorted(poor, reverse=True)[:SHOWN]
    ]


def measure_used_share(histogram: Histogram, width: float) -> float:
    """The share of a range of this width that holds nearly all values, the same number cut off at both ends."""
    total = sum(histogram.counts)
    if not total:
        return 1.0
    cut = (1 - MOST_VALUES) / 2 * total
    sums = list(accumulate(histogram.counts))
    first = next(place for place, count in enumerate(sums) if count > cut)
    last = next(place for place, count in enumerate(sums) if count >= total - cut)
    bin_width = (histogram.high - histogram.low) / len(histogram.counts)
    return min(1.0, (last - first + 1) * bin_width / width)


def find_slower_layers(examination: Examination) -> list[Finding]:
    """Layers that take longer in the quantized model, by so much that it counts."""
    total = sum(layer.after for layer in examination.times)
    slower = [
        layer
        for layer in examination.times
        if layer.after > SLOWER * layer.before > 0 and layer.after - layer.before > MUCH_TIME * total
    ]
    if not slower:
        return []
    worst = sorted(slower, key=lambda layer: layer.before - layer.after)[:SHOWN]
    named = ", ".join(f"{layer.layer!r} ({layer.before:.0f} -> {layer.after:.0f} µs)" for layer in worst)
    number = "one layer" if len(slower) == 1 else f"{len(slower)} layers"
    text = f"INT8 makes {number} slower: {named}"
    return [
        Finding(text, "return what is slower to float: optimize_for='latency' (--optimize-for latency)", Severity.NOTE)
    ]


def find_conversions(examination: Examination) -> list[Finding]:
    """Conversions between layers that take a large part of the time."""
    conversions = examination.conversions
    if conversions is None or conversions.share <= MANY_CONVERSIONS:
        return []
    text = f"{conversions.count} conversions between layers take {conversions.share:.0%} of an inference"
    return [Finding(text, "fewer borders between INT8 and float: optimize_for='latency' (--optimize-for latency)")]
