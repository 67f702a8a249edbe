"""One graph that is many quantized models: quantizers, their limits and bias shifts are inputs.

Compiling a model costs as much as dozens of inferences, so candidates are not compiled one by one. In the trial graph
inputs choose the limits of each planned quantizer of activations
(:mod:`openpot.trial.switched_quantizer`), and weights are constants that are quantized already. Quantizers that may be
left out have a switch, which costs some time in every inference (:mod:`openpot.trial.switched_weights`).

The output of every layer with quantized weights is shifted per channel by the input ``targets``. With ``adapt`` at 1
its own mean over this inference is subtracted as well: if ``targets`` are the means of the float model, the layer then
has exactly these. The means before the layer's own shift are an output of the graph. Later layers read shifted outputs,
so one pass fits all layers in their order, where Nagel et al. (2019) and later methods compile once for each layer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

from openpot.errors import ModelError
from openpot.graph import build
from openpot.graph.edit import ModelEditor
from openpot.graph.revisions import snapshot_graphs
from openpot.graph.tensor_id import TensorId
from openpot.trial.adapted_layers import adapt_layer, add_channel_mean
from openpot.trial.shift_inputs import ShiftPlace
from openpot.trial.switched_quantizer import TrialQuantizer, add_switched_quantizer
from openpot.trial.switched_weights import TrialWeights, replace_weights
from openpot.typing_aliases import FloatArray

if TYPE_CHECKING:
    from openpot.graph.types import Model, Node, Output

PREFIX = "openpot/trial"
_ADAPT = ("adapt", "adapt")
_SWITCH = "switch"

Key = TypeVar("Key", str, tuple[str, str])


@dataclass(frozen=True, eq=False)
class TrialGraph:
    """The graph, and what its additional inputs mean.

    Attributes:
        model: the inputs of the original model, then ``controls`` (if there are any) and ``targets`` (if there are
            layers). Output 0 holds the means of all layers (absent without layers); then come the compared tensors.
        num_controls: length of the vector of controls. With layers the first one is ``adapt``.
        targets: name of a layer -> where its channels are in ``targets`` and in output 0.
        num_targets: length of the vector of targets.
        places: name of a quantizer -> where its controls are.
        settings: name of a quantizer -> its controls for float (None if it has no switch), then those for each
            candidate.
    """

    model: Model
    num_controls: int
    targets: Mapping[str, slice] = field(default_factory=dict)
    num_targets: int = 0
    places: Mapping[str, slice] = field(default_factory=dict)
    settings: Mapping[str, tuple[FloatArray | None, ...]] = field(default_factory=dict)

    def make_controls(self, choice: Mapping[str, int | None], adapt: bool = False) -> FloatArray:
        """The controls with which a choice acts: quantizer -> number of its candidate; None, or not named, is float.

        Raises:
            ModelError: a quantizer has no switch.
        """
        vector = np.zeros(self.num_controls, np.float32)
        for name, place in self.places.items():
            number = choice.get(name)
            setting = self.settings[name][0 if number is None else number + 1]
            if setting is None:
                raise ModelError(f"the quantizer {name!r} has no switch in this graph: name it as switchable")
            vector[place] = setting
        if adapt:
            vector[0] = 1
        return vector

    def pack_shifts(self, by_layer: Mapping[str, FloatArray]) -> FloatArray:
        """The vector of targets that shifts layers by these values, where ``adapt`` is 0."""
        vector = np.zeros(self.num_targets, np.float32)
        for name, values in by_layer.items():
            vector[self.targets[name]] = values
        return vector

    def make_vectors(self, controls: FloatArray, targets: FloatArray | None = None) -> list[FloatArray]:
        """The additional inputs of an inference, as far as the graph has them: controls, then targets.

        Targets of None are zeros: with ``adapt`` at 0 nothing is shifted.
        """
        vectors = [np.asarray(controls, np.float32)] if self.num_controls else []
        if not self.num_targets:
            return vectors
        return [
            *vectors,
            np.zeros(self.num_targets, np.float32) if targets is None else np.asarray(targets, np.float32),
        ]


def add_vectors(original: Mapping[Any, FloatArray], vectors: Sequence[FloatArray]) -> dict[Any, FloatArray]:
    """The inputs of an inference by number: those of the original model, then vectors."""
    further = dict(enumerate(vectors, len(original)))
    return type(original)({**original, **further}) if isinstance(original, dict) else {**original, **further}


def build_trial_graph(
    model: Model,
    quantizers: Sequence[TrialQuantizer],
    weights: Sequence[TrialWeights],
    layers: Mapping[str, ShiftPlace],
    compared: Sequence[TensorId],
    switchable: Collection[str] = (),
) -> TrialGraph:
    """Build the trial graph of a float model.

    Args:
        model: it is not changed.
        quantizers: activations to quantize.
        weights: weights to replace.
        layers: name -> output to shift and to compare.
        compared: the tensors that become outputs.
        switchable: names of quantizers, of activations or weights, that may be left out. Each costs some time in every
            inference.

    Raises:
        UnknownNameError: a tensor or reader does not exist.
        ModelError: a reader does not read what it should.
    """
    parts = {quantizer.name: quantizer.list_controls(quantizer.name in switchable) for quantizer in quantizers}
    parts |= {constant.name: (_SWITCH,) for constant in weights if constant.name in switchable}
    numbers = [(name, part) for name, names in parts.items() for part in names]
    controls = _Vector("controls", dict.fromkeys([*([_ADAPT] if layers else []), *numbers], 1))
    targets = _Vector("targets", {name: place.channels for name, place in layers.items()})
    snapshot = snapshot_graphs(model)[""]
    clone = model.clone()
    clone = build.model_with_parameters(clone, clone.get_results(), [*controls.parameters, *targets.parameters])
    with ModelEditor(clone) as editor:
        for quantizer in quantizers:
            _insert(editor, quantizer, {part: controls.pieces[quantizer.name, part] for part in parts[quantizer.name]})
        for constant in weights:
            replace_weights(editor, snapshot, constant, controls.pieces.get((constant.name, _SWITCH)), PREFIX)
        adapted = _adapt_layers(editor, layers, targets.pieces, controls.pieces.get(_ADAPT))
        ends = [adapted[tensor][1] if tensor in adapted else editor.nodes.output(tensor) for tensor in compared]
    complete = build.model_with_results(clone, _make_results([mean for mean, _ in adapted.values()], ends))
    weight_settings = (np.zeros(1, np.float32), np.ones(1, np.float32))
    settings = dict.fromkeys(parts, weight_settings) | {
        quantizer.name: quantizer.compute_settings(quantizer.name in switchable) for quantizer in quantizers
    }
    places = _find_places(controls.slices, settings)
    return TrialGraph(complete, controls.length, targets.slices, targets.length, places, settings)


def _find_places(pieces: Mapping[tuple[str, str], slice], names: Iterable[str]) -> dict[str, slice]:
    """Where all pieces of each name are, which are neighbours; an empty place for a name without pieces."""
    places: dict[str, slice] = dict.fromkeys(names, slice(0, 0))
    for (name, _), piece in pieces.items():
        if name in places:
            place = places[name]
            places[name] = slice(place.start if place.stop else piece.start, piece.stop)
    return places


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
            cut = build.split_vector(self.parameters[0], list(lengths.values()), f"{PREFIX}/{name}/split")
            self.pieces = dict(zip(lengths, cut, strict=True))


def build_reference_graph(model: Model, layers: Mapping[str, ShiftPlace], compared: Sequence[TensorId]) -> Model:
    """The float model with the means of ``layers`` (if there are any) as first output, then the compared tensors."""
    clone = model.clone()
    with ModelEditor(clone) as editor:
        means = []
        for name, place in layers.items():
            mean = add_channel_mean(editor.nodes.output(place.tensor), place, f"{PREFIX}/{place.tensor}/mean")
            means.append(build.reshape(mean, [-1], f"{PREFIX}/{name}/flat").output(0))
        ends = [editor.nodes.output(tensor) for tensor in compared]
    return build.model_with_results(clone, _make_results(means, ends))


def build_judged_graph(model: Model, compared: Sequence[TensorId]) -> Model:
    """A model with the compared tensors as first outputs, before its own: nothing of it is left out."""
    clone = model.clone()
    with ModelEditor(clone) as editor:
        ends = [editor.nodes.output(tensor) for tensor in compared]
    return build.model_with_results(clone, [*_make_results([], ends), *clone.get_results()])


def _make_results(means: Sequence[Output], compared: Sequence[Output]) -> list[Node]:
    """The means packed into one output, if there are any, then the compared tensors."""
    packed = [build.concat(means, 0, f"{PREFIX}/means").output(0)] if means else []
    names = [*["means/result"][: len(packed)], *(f"compared/{number}" for number in range(len(compared)))]
    return [build.result(end, f"{PREFIX}/{name}") for end, name in zip([*packed, *compared], names, strict=True)]


def _insert(editor: ModelEditor, quantizer: TrialQuantizer, controls: Mapping[str, Output]) -> None:
    name = f"{PREFIX}/{quantizer.name}"
    editor.insert_on_inputs(
        quantizer.tensor, quantizer.readers, lambda data: add_switched_quantizer(data, quantizer, controls, name)
    )


def _adapt_layers(
    editor: ModelEditor, layers: Mapping[str, ShiftPlace], targets: Mapping[str, Output], adapt: Output | None
) -> dict[TensorId, tuple[Output, Output]]:
    """Means and shifted outputs of the layers, by their tensors."""
    if adapt is None:
        return {}
    return {
        place.tensor: adapt_layer(editor, place, targets[name], adapt, f"{PREFIX}/{place.tensor}")
        for name, place in layers.items()
    }
