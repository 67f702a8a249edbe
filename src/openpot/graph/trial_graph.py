"""One graph that is many quantized models: which quantizers act, and how layers are shifted, are inputs.

Compiling a model costs as much as dozens of inferences, so candidates are not compiled one by one. In the trial graph
each planned quantizer is ``x + switch_1 * (FakeQuantize_1(x) - x) + ...``: all switches at 0 leave the tensor in float,
one at 1 chooses its limits. (FakeQuantize answers NaN with a number, so a product with 0 lets no NaN through.) Weights
are constants that are quantized already, or ``w + switch * (quantized - w)``.

Behind every layer with quantized weights its output is shifted per channel by an input, and, if ``adapt`` is 1, so
that the mean over this very inference agrees with the mean that the float model had for it (another input). The graph
tells what these means were apart. Layers further down see shifted inputs, so one pass fits all layers in their order,
where Nagel et al. (2019) and its followers compile the model again for each of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np

from openpot.graph import build
from openpot.graph.edit import ModelEditor
from openpot.graph.shift_inputs import ShiftPlace
from openpot.graph.tensor_id import InputId, TensorId
from openpot.typing_aliases import FloatArray

if TYPE_CHECKING:
    from openpot.graph.build import Limits
    from openpot.graph.types import Model, Node, Output

PREFIX = "openpot/trial"
ADAPT = "adapt"

Key = TypeVar("Key", str, str | tuple[str, int])


@dataclass(frozen=True, eq=False)
class TrialQuantizer:
    """A quantizer of activations: ``candidates`` are limits in shapes that broadcast with the tensor."""

    name: str
    tensor: TensorId
    readers: tuple[InputId, ...]
    candidates: tuple[Limits, ...]


@dataclass(frozen=True, eq=False)
class TrialWeights:
    """Quantized weights, a constant in the shape of the original one that ``readers`` read now."""

    name: str
    readers: tuple[InputId, ...]
    quantized: FloatArray


@dataclass(frozen=True, eq=False)
class TrialGraph:
    """The graph and where its controls are.

    Attributes:
        model: the inputs of the original model, then ``controls`` and ``targets`` (without layers: ``controls`` only).
            Output 0 holds ``targets`` minus the means of all layers (absent without layers); then what is judged.
        controls: ``adapt``, ``(name of a quantizer, number of a candidate)``, and the name of a layer for its shifts
            -> where in the vector of controls.
        num_controls: length of that vector.
        targets: name of a layer -> where its channels are in ``targets`` and in output 0.
        num_targets: length of these.
    """

    model: Model
    controls: Mapping[str | tuple[str, int], slice]
    num_controls: int
    targets: Mapping[str, slice]
    num_targets: int


def trial_graph(
    model: Model,
    quantizers: Sequence[TrialQuantizer],
    weights: Sequence[TrialWeights],
    layers: Mapping[str, ShiftPlace],
    judged: Sequence[TensorId],
    weight_switches: bool = False,
) -> TrialGraph:
    """Build the trial graph of a float model.

    Args:
        model: stays as it is.
        quantizers: activations to quantize.
        weights: weights to replace.
        layers: name -> output to shift and to compare.
        judged: tensors that become outputs.
        weight_switches: let every quantizer of weights be switched off (candidate 0), at the price of computing the
            weights anew in each inference.

    Raises:
        UnknownNameError: a tensor or reader does not exist.
        ModelError: a reader does not read what it should.
    """
    switches = [(one.name, number) for one in quantizers for number in range(len(one.candidates))]
    switches += [(one.name, 0) for one in weights] if weight_switches else []
    channels = {name: place.channels for name, place in layers.items()}
    controls = _Vector("controls", {ADAPT: 1, **dict.fromkeys(switches, 1), **channels})
    targets = _Vector("targets", channels)
    clone = model.clone()
    clone = build.model_with_parameters(clone, clone.get_results(), [*controls.parameters, *targets.parameters])
    with ModelEditor(clone) as editor:
        for quantizer in quantizers:
            own = [controls.pieces[quantizer.name, number] for number in range(len(quantizer.candidates))]
            _insert(editor, quantizer, own)
        for constant in weights:
            _replace(editor, constant, controls.pieces[constant.name, 0] if weight_switches else None)
        adapt = controls.pieces[ADAPT]
        adapted = {
            place.tensor: _adapted(editor, place, targets.pieces[name], controls.pieces[name], adapt)
            for name, place in layers.items()
        }
        ends = [adapted[tensor][1] if tensor in adapted else editor.nodes.output(tensor) for tensor in judged]
    differences = [difference for difference, _ in adapted.values()]
    complete = build.model_with_results(clone, _results(differences, "differences", ends))
    return TrialGraph(complete, controls.slices, controls.length, targets.slices, targets.length)


class _Vector(Generic[Key]):
    """An input that is a vector of named pieces; no input at all without pieces."""

    def __init__(self, name: str, lengths: Mapping[Key, int]) -> None:
        ends = np.cumsum(list(lengths.values()), dtype=int).tolist()
        self.slices: dict[Key, slice] = {
            key: slice(end - length, end) for (key, length), end in zip(lengths.items(), ends, strict=True)
        }
        self.length: int = ends[-1] if ends else 0
        self.parameters: list[Node] = []
        self.pieces: dict[Key, Output] = {}
        if lengths:
            self.parameters = [build.parameter([self.length], "f32", f"{PREFIX}/{name}")]
            cut = build.pieces(self.parameters[0], lengths.values(), f"{PREFIX}/{name}/split")
            self.pieces = dict(zip(lengths, cut, strict=True))


def reference_graph(model: Model, layers: Mapping[str, ShiftPlace], judged: Sequence[TensorId]) -> Model:
    """The float model with the means of ``layers`` as first output (absent without layers), then what is judged."""
    clone = model.clone()
    with ModelEditor(clone) as editor:
        means = [
            build.reshape(_channel_mean(editor.nodes.output(place.tensor), place), [-1], f"{PREFIX}/{name}/flat")
            for name, place in layers.items()
        ]
        ends = [editor.nodes.output(tensor) for tensor in judged]
    return build.model_with_results(clone, _results([mean.output(0) for mean in means], "means", ends))


def _results(vectors: Sequence[Output], name: str, judged: Sequence[Output]) -> list[Node]:
    """The vectors packed into one output called ``name``, if there are any, then what is judged."""
    ends = list(judged)
    if vectors:
        ends.insert(0, build.concat(vectors, 0, f"{PREFIX}/{name}").output(0))
    first = 0 if vectors else 1
    names = [f"{name}/result", *(f"judged/{number}" for number in range(len(judged)))][first:]
    return [build.result(end, f"{PREFIX}/{own}") for end, own in zip(ends, names, strict=True)]


def _insert(editor: ModelEditor, quantizer: TrialQuantizer, switches: Sequence[Output]) -> None:
    name = f"{PREFIX}/{quantizer.name}"

    def switched(data: Output) -> Node:
        node = data
        for number, (limits, switch) in enumerate(zip(quantizer.candidates, switches, strict=True)):
            rounded = build.fake_quantize(data, limits, f"{name}/{number}")
            change = build.subtract(rounded.output(0), data, f"{name}/{number}/change")
            factor = _typed(switch, data, f"{name}/{number}/typed")
            share = build.multiply(change.output(0), factor, f"{name}/{number}/share")
            node = build.add(node, share.output(0), f"{name}/{number}/switched").output(0)
        return node.get_node()

    editor.insert_on_inputs(quantizer.tensor, quantizer.readers, switched)


def _replace(editor: ModelEditor, weights: TrialWeights, switch: Output | None) -> None:
    name = f"{PREFIX}/{weights.name}"
    original = editor.nodes.input(weights.readers[0]).get_source_output()
    value = build.constant_like(weights.quantized, f"{name}/quantized", original)
    if switch is not None:
        change = build.subtract(value.output(0), original, f"{name}/change")
        share = build.multiply(change.output(0), _typed(switch, original, f"{name}/typed"), f"{name}/share")
        value = build.add(original, share.output(0), f"{name}/switched")
    for reader in weights.readers:
        editor.replace_input(reader, value.output(0))


def _adapted(
    editor: ModelEditor, place: ShiftPlace, target: Output, shift: Output, adapt: Output
) -> tuple[Output, Output]:
    """Shift one layer for all its readers; returns how far its means were from the targets, and the shifted output."""
    name = f"{PREFIX}/{place.tensor}"
    rank = editor.nodes.output(place.tensor).get_partial_shape().rank.get_length()
    along = [place.channels if axis == place.axis % rank else 1 for axis in range(rank)]
    mean = _channel_mean(editor.nodes.output(place.tensor), place)
    wanted = build.reshape(target, along, f"{name}/target")
    difference = build.subtract(wanted.output(0), mean, f"{name}/difference")
    own = build.multiply(difference.output(0), adapt, f"{name}/own")
    given = build.reshape(shift, along, f"{name}/given")
    total = build.add(own.output(0), given.output(0), f"{name}/total")
    shifted = editor.insert_after(
        place.tensor, lambda data: build.add(data, _typed(total.output(0), data, f"{name}/typed"), f"{name}/shifted")
    )
    return build.reshape(difference.output(0), [-1], f"{name}/difference/flat").output(0), shifted.output(0)


def _channel_mean(data: Output, place: ShiftPlace) -> Output:
    rank = data.get_partial_shape().rank.get_length()
    others: Iterable[int] = (axis for axis in range(rank) if axis != place.axis % rank)
    name = f"{PREFIX}/{place.tensor}/mean"
    mean = build.reduce("mean", data, list(others), name, keep_dims=True).output(0)
    return mean if _type(mean) == "f32" else build.convert(mean, "f32", f"{name}/typed").output(0)


def _typed(data: Output, like: Output, name: str) -> Output:
    """``data`` in the element type of ``like``; the vectors are f32 whatever the model computes with."""
    return data if _type(data) == _type(like) else build.convert(data, _type(like), name).output(0)


def _type(data: Output) -> str:
    return str(data.get_element_type().to_string())
