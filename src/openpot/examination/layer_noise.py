"""Errors at the outputs of layers: what each brings itself, by its weights and by its input, and what has gathered.

Each kind is one pass over a model that holds the network twice, in float and quantized
(:mod:`openpot.rewrites.noise_graph`). Where a layer is to show its own error alone, the quantized one reads the tensors
of the float one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from openpot.data.sampler import BatchSampler
from openpot.engine.openvino_engine import IEEngine
from openpot.examination.records import LayerNoiseRecord
from openpot.graph import build
from openpot.graph.edit import ModelEditor
from openpot.graph.model import CompressedModel
from openpot.graph.node_index import NodeIndex
from openpot.graph.revisions import snapshot_graphs
from openpot.graph.snapshot import GraphSnapshot
from openpot.graph.tensor_id import InputId, TensorId
from openpot.graph.weights import constant_array
from openpot.layers.linear_layer import LinearLayer, find_linear_layers
from openpot.numerics.aggregators import Aggregator, AggregatorKind
from openpot.numerics.reducers import Reducer, ReducerKind
from openpot.placement.virtual_bias import find_bias_add
from openpot.rewrites.noise_graph import LayerPlaces, build_noise_graph
from openpot.statistics.collector import collect
from openpot.statistics.spec import StatisticSpec

if TYPE_CHECKING:
    from openpot.data.loader import DataLoader
    from openpot.graph.types import Model

_NO_FLOOR = 1e-15
_MEAN = Aggregator(AggregatorKind.MEAN)


def measure_layer_noise(
    reference: Model, result: Model, loader: DataLoader, samples: Sequence[int]
) -> tuple[LayerNoiseRecord, ...]:
    """The errors of all quantized layers that both models have, in topological order.

    Args:
        reference: the float model, prepared as it was before it was quantized.
        result: the quantized model.
        loader: the data.
        samples: numbers of the samples to infer.

    Raises:
        ModelError: the models keep states.
    """
    names = [layer.name for layer in _find_shared_layers(reference, result)]
    if not names:
        return ()
    with_float_weights, without_quantizers = _replace_weights(result, reference), _bypass_quantizers(result)
    passes = [
        _measure_noise(reference, result, names, loader, samples, is_clean=True),
        _measure_noise(reference, without_quantizers, names, loader, samples, is_clean=True),
        _measure_noise(reference, with_float_weights, names, loader, samples, is_clean=True, has_bias=False),
        _measure_noise(reference, result, names, loader, samples, is_clean=False),
    ]
    return tuple(LayerNoiseRecord(name, *(errors.get(name) for errors in passes)) for name in names)


def _find_shared_layers(reference: Model, result: Model) -> list[LinearLayer]:
    """Layers of the result with integer weights or a quantized input, that the float model has too."""
    before, after = snapshot_graphs(reference)[""], snapshot_graphs(result)[""]
    return [
        layer
        for layer in find_linear_layers(after)
        if layer.name in before
        and (after[layer.data.node].type == "FakeQuantize" or after[layer.constant.node].type != "Constant")
    ]


def _measure_noise(
    reference: Model,
    quantized: Model,
    names: Sequence[str],
    loader: DataLoader,
    samples: Sequence[int],
    is_clean: bool,
    has_bias: bool = True,
) -> Mapping[str, float | None]:
    """The error of each layer, as a share of the deviation of its float output.

    Args:
        reference: the float model.
        quantized: the model with errors.
        names: of the layers.
        loader: the data.
        samples: numbers of the samples to infer.
        is_clean: whether every layer reads the tensors of the float model.
        has_bias: whether outputs are compared with their bias, and with what corrections added to it.
    """
    before, after = snapshot_graphs(reference)[""], snapshot_graphs(quantized)[""]
    find = _find_output if has_bias else _find_bare_output
    places = [LayerPlaces(name, find(before, name), find(after, name)) for name in names]
    clean = _list_clean_inputs(before, after, names) if is_clean else {}
    graph = build_noise_graph(reference, quantized, places, clean, _NO_FLOOR)
    square, mean = Reducer(ReducerKind.MEAN_SQUARE), Reducer(ReducerKind.MEAN)
    specs = {
        place.layer: (
            StatisticSpec(graph.noise[place.layer], square, _MEAN),
            StatisticSpec(place.reference, square, _MEAN),
            StatisticSpec(place.reference, mean, _MEAN),
        )
        for place in places
    }
    engine = IEEngine({"device": "CPU"}, loader)
    wanted = tuple(dict.fromkeys(spec for entries in specs.values() for spec in entries))
    sampler = BatchSampler(loader, 1, list(samples))
    answers = collect(engine, CompressedModel(graph=graph.model), wanted, sampler).answers
    return {name: _divide(*(float(answers[spec]) for spec in entries)) for name, entries in specs.items()}


def _divide(noise: float, square: float, mean: float) -> float | None:
    variance = square - mean**2
    return math.sqrt(noise / variance) if variance > 0 and math.isfinite(noise) else None


def _find_output(snapshot: GraphSnapshot, layer: str) -> TensorId:
    """The output of a layer, with its bias."""
    bias = find_bias_add(snapshot, snapshot[layer])
    return TensorId(layer if bias is None else bias.name)


def _find_bare_output(snapshot: GraphSnapshot, layer: str) -> TensorId:
    return TensorId(snapshot[layer].name)


def _list_clean_inputs(before: GraphSnapshot, after: GraphSnapshot, names: Sequence[str]) -> dict[InputId, TensorId]:
    """What has to read the float network so that layers get inputs without the errors of others."""
    readers = {InputId(record.name, 0): record.inputs[0] for record in after.nodes_of_type("FakeQuantize")}
    for layer in find_linear_layers(after):
        if layer.name in names and after[layer.data.node].type != "FakeQuantize":
            readers[InputId(layer.name, 1 - layer.weights.port)] = layer.data
    counterparts = {reader: _find_counterpart(before, after, source) for reader, source in readers.items()}
    return {reader: source for reader, source in counterparts.items() if source is not None}


def _find_counterpart(before: GraphSnapshot, after: GraphSnapshot, tensor: TensorId) -> TensorId | None:
    """The same tensor of the float network; a bias that was inserted stands for what it follows."""
    if tensor.node in after.constants:
        return None
    if tensor.node in before:
        return tensor
    record = after[tensor.node]
    varying = [source for source in record.inputs if source.node not in after.constants]
    is_between = record.type in ("Add", "FakeQuantize") and len(varying) == 1
    return _find_counterpart(before, after, varying[0]) if is_between else None


def _bypass_quantizers(result: Model) -> Model:
    """The quantized model with activations in float, and the values of its weights as floats.

    The CPU computes some convolutions wrongly that read integer weights and float data.
    """
    copy, snapshot = _replace_weights(result, result), snapshot_graphs(result)[""]
    with ModelEditor(copy) as editor:
        for record in snapshot.nodes_of_type("FakeQuantize"):
            if record.inputs[0].node not in snapshot.constants:
                editor.bypass(record.name)
    return copy


def _replace_weights(result: Model, source: Model) -> Model:
    """The quantized model with the values that the weights of its layers have in ``source``, as floats."""
    copy, nodes = result.clone(), NodeIndex(source)
    layers = {layer.name: layer for layer in find_linear_layers(snapshot_graphs(source)[""])}
    with ModelEditor(copy) as editor:
        for layer in find_linear_layers(snapshot_graphs(result)[""]):
            if layer.name in layers:
                value = constant_array(nodes.output(layers[layer.name].constant))
                node = build.constant(value, f"openpot/float/{layer.name}")
                editor.replace_input(layer.weights, node.output(0))
    return copy
