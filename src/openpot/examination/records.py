"""What a closer look at a result found: frozen records, as ``run.json`` holds them under ``examination``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Histogram:
    """How often values fall into bins of equal width; what lies beyond is counted in the first and the last bin.

    Attributes:
        low: where the first bin begins.
        high: where the last bin ends.
        counts: number of values in each bin.
    """

    low: float
    high: float
    counts: tuple[int, ...]


@dataclass(frozen=True)
class ChannelsRecord:
    """The channels of a tensor.

    Attributes:
        number: how many there are.
        dead: how many of them hold nothing but zeros.
        loudest: the number of the one with the largest value.
        ratio: how far that reaches, by the median of the channels that are not dead.
    """

    number: int
    dead: int
    loudest: int
    ratio: float


@dataclass(frozen=True)
class TensorRecord:
    """The values of one quantized tensor, beside the limits of its quantizer.

    Attributes:
        tensor: its name.
        kind: ``activations`` or ``weights``.
        layers: names of the operations that read it.
        low: low limit; of several (one for each filter) the lowest.
        high: high limit; of several the highest.
        observed_low: the smallest value.
        observed_high: the largest value.
        clipped: share of the values that lie outside of the limits; None for weights.
        histogram: of the values.
        channels: how far they reach; None for weights, and where there are none.
    """

    tensor: str
    kind: str
    layers: tuple[str, ...]
    low: float
    high: float
    observed_low: float
    observed_high: float
    clipped: float | None
    histogram: Histogram
    channels: ChannelsRecord | None = None


@dataclass(frozen=True)
class LayerNoiseRecord:
    """Errors at the output of one layer, as a share of the deviation of its float output; None where not known.

    Attributes:
        layer: its name.
        contributed: from inputs of the float network: what the layer brings itself.
        by_weights: the same with its weights alone quantized, and its bias shifted for them.
        by_activations: the same with its input alone quantized, and its bias as it was.
        accumulated: in the quantized network, with the errors of all layers before it.
    """

    layer: str
    contributed: float | None = None
    by_weights: float | None = None
    by_activations: float | None = None
    accumulated: float | None = None


@dataclass(frozen=True)
class LayerTimeRecord:
    """Microseconds that the device takes for one layer in one inference, in the float and in the quantized model."""

    layer: str
    before: float
    after: float


@dataclass(frozen=True)
class ConversionRecord:
    """What the device converts between layers of the quantized model: types and memory layouts.

    Attributes:
        count: number of conversions in one inference.
        microseconds: what all of them take.
        share: the same as a share of the time of all executed nodes.
        longest: names of those that take most, as the device calls them.
    """

    count: int
    microseconds: float
    share: float
    longest: tuple[str, ...] = ()


@dataclass(frozen=True)
class SampleRecord:
    """A sample whose outputs changed most.

    Attributes:
        number: of the sample in the data.
        error: distance of the outputs from those of the float model, as a share of their variation between samples.
        thumbnail: the input as a PNG in a ``data:`` address, where it is an image; else empty.
    """

    number: int
    error: float
    thumbnail: str = ""


@dataclass(frozen=True)
class InputRecord:
    """What the samples hold for one input.

    Attributes:
        name: of the input.
        samples: number of samples that were looked at.
        shapes: their shapes, each once.
        element_type: of the arrays.
        low: the smallest value.
        high: the largest value.
        mean: of all values.
        deviation: of all values.
        equal_samples: how many of the samples are equal to another one before them.
    """

    name: str
    samples: int
    shapes: tuple[tuple[int, ...], ...]
    element_type: str
    low: float
    high: float
    mean: float
    deviation: float
    equal_samples: int = 0


@dataclass(frozen=True)
class Examination:
    """A closer look at a result.

    Attributes:
        samples: number of samples that it rests on.
        tensors: quantized tensors with their values and limits.
        layers: errors of layers, in topological order.
        times: of layers, those that the device names.
        conversions: between layers; None if the device does not tell.
        worst_samples: the worst first.
        inputs: what the samples hold.
    """

    samples: int
    tensors: tuple[TensorRecord, ...] = ()
    layers: tuple[LayerNoiseRecord, ...] = ()
    times: tuple[LayerTimeRecord, ...] = ()
    conversions: ConversionRecord | None = None
    worst_samples: tuple[SampleRecord, ...] = ()
    inputs: tuple[InputRecord, ...] = ()
