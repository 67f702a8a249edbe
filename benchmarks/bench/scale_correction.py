"""What a factor per channel on the scale of a layer brings beside a shift: scale_correction.py IR.xml CALIB.npz ...

Runs under openpot's interpreter. The float and the quantized model are put into one graph. In one pass over 24 of the
samples that calibrate, each layer's output is brought to the float model's, sample by sample: by a shift of each
channel, by a factor, or both; so layers further down see corrected inputs. What it took is then made one shift and one
factor a channel, both drawn to "none" where the samples disagree, and put into the bias and into the limits of the
weights' FakeQuantize (integers stay). Twenty samples, kept back as in ablation_steps.py, judge. One JSON line per
network and row: two dB (as outputs leave the network, and in front of a Softmax or Sigmoid there) on "min-max", "ranges
+ bias" and "evidence" (rows of ablation_steps.py), nothing corrected and by rule:

shift:          the mean
scale:          the factor alone that minimises the squared error, around the mean that the layer has
shift + scale:  both
shift + spread: the mean, and the standard deviation instead of the least squares
local:          shift + scale, every layer on the inputs of the float model
"""
import json
import sys
import time

import numpy as np
import openvino as ov
from openvino import opset13 as op

from ablation import Samples, decibel
from calib import read_calib
from openpot import IEEngine, create_pipeline, load_model
from openpot.statistics.calibration_subset import spread_order
from openpot.layers.linear_layer import find_linear_layers
from openpot.algorithms.min_max import MinMaxQuantization
from openpot.layers.quantized_weights import read_quantized_weights
from openpot.measure.compare_outputs import compare_outputs
from openpot.inference.compile import compile_model
from openpot.trial.compared_outputs import find_compared_tensors
from openpot.graph.node_index import NodeIndex
from openpot.graph.snapshot_model import snapshot_from_model
from openpot.trial.trial_graph import build_reference_graph
from openpot.numerics.fake_quantize import FakeQuantizeLimits
from openpot.numerics.shrunk_mean import compute_shrunk_mean
from openpot.rewrites.insert_bias import find_bias, shift_biases
from openpot.rewrites.read_limits import read_limits
from openpot.rewrites.set_limits import set_limits

HELD_BACK = 20
FITTING = 24
RULES = {  # shift, factor of least squares, factor of equal spread
    "shift": (1, 0, 0),
    "scale": (0, 1, 0),
    "shift + scale": (1, 1, 0),
    "shift + spread": (1, 0, 1),
}
COMMON = {"target_device": "CPU"}
POT = {**COMMON, "placement": "pot"}
BASES = {
    "min-max": [("MinMaxQuantization", POT)],
    "ranges + bias": [("MinMaxQuantization", COMMON), ("FastBiasCorrection", COMMON)],
    "evidence": [("DefaultQuantization", COMMON)],
}
LARGEST_FACTOR = 1.5


def paths(xml):
    return {"model_name": "model", "model": xml, "weights": xml.replace(".xml", ".bin")}


def feed(sample):
    return dict(enumerate(np.asarray(array) for array in (sample if isinstance(sample, list) else [sample])))


def spread_samples(npz):
    """Samples in an order that is spread over the data set: (those that calibrate, those that judge)."""
    samples = read_calib(npz)
    samples = [samples[position] for position in spread_order(len(samples))]
    return samples[:-HELD_BACK], samples[-HELD_BACK:]


def prepared_reference(xml):
    """The float model, its operations called as in quantized ones."""
    held = load_model(paths(xml))
    MinMaxQuantization(COMMON, IEEngine({"device": "CPU"}, Samples([]))).prepare(held)
    return held.members[0].model


def quantized(xml, seen, steps):
    entries = [{"name": name, "params": {**params, "stat_subset_size": len(seen)}} for name, params in steps]
    return create_pipeline(entries, IEEngine({"device": "CPU"}, Samples(seen))).run(load_model(paths(xml)))


class Joint:
    """Both models in one graph with an adaptation behind every layer, or every layer on float inputs (``local``)."""

    def __init__(self, reference, held, local=False):
        model, original_name = held.members[0].model, held.provenance.original_name
        floating, rounded = reference.clone(), model.clone()
        self.layers = self._layers(reference, held)
        own, other = NodeIndex(floating), NodeIndex(rounded)
        # What an earlier correction of the bias adds already.
        self.present = {
            one.name: find_bias(other, one.name).values - find_bias(own, original_name(one.name)).values
            for one in self.layers
        }
        for mine, theirs in zip(floating.get_parameters(), rounded.get_parameters(), strict=True):
            for place in theirs.output(0).get_target_inputs():
                place.replace_source_output(mine.output(0))
        nodes = NodeIndex(model)
        for layer in self.layers:  # weights as constants: FakeQuantize on both sides would become integers
            weights = op.constant(read_quantized_weights(nodes, layer))
            other.node(layer.name).input(layer.weights.port).replace_source_output(weights.output(0))
        snapshot = snapshot_from_model(reference)
        outputs = {layer.name: other.node(layer.name).output(0) for layer in self.layers}
        if local:
            for layer in self.layers:
                wanted = own.output(snapshot[original_name(layer.name)].inputs[1 - layer.weights.port])
                node = other.node(layer.data.node)
                quantizes = node.get_type_name() == "FakeQuantize"
                target = node.input(0) if quantizes else other.node(layer.name).input(1 - layer.weights.port)
                target.replace_source_output(wanted)
        self.rule = op.parameter([3], np.float32, name="rule")
        pieces = [op.squeeze(one, op.constant(np.int64(0))) for one in op.split(self.rule, op.constant(0), 3).outputs()]
        told = []
        for layer in self.layers:
            told += self._adapt(own.node(original_name(layer.name)).output(0), outputs[layer.name], layer, pieces, local)
        packed = op.concat(told, 0)
        joint = ov.Model([op.result(packed)], [*floating.get_parameters(), self.rule], "joint")
        self.inputs = len(floating.get_parameters())
        self.compiled = compile_model(joint, "CPU")

    @staticmethod
    def _layers(reference, held):
        names, original_name = snapshot_from_model(reference), held.provenance.original_name
        found = find_linear_layers(held.snapshot())
        return [one for one in found if one.quantizer is not None and one.channels and original_name(one.name) in names]

    def _adapt(self, wanted, given, layer, rule, local):
        rank = given.get_partial_shape().rank.get_length()
        others = op.constant(np.array([axis for axis in range(rank) if axis != layer.output_axis % rank], np.int64))
        along = [layer.channels if axis == layer.output_axis % rank else 1 for axis in range(rank)]
        present = op.constant(self.present[layer.name].reshape(along).astype(np.float32))
        mean_f, mean_q = (op.reduce_mean(data, others, True) for data in (wanted, given))
        off_f, off_q = op.subtract(wanted, mean_f), op.subtract(given, mean_q)
        both, own, target = (
            op.reduce_mean(op.multiply(*pair), others, True) for pair in ((off_f, off_q), (off_q, off_q), (off_f, off_f))
        )
        if not local:
            tiny = np.float32(1e-12)
            squares = op.divide(op.add(both, tiny), op.add(own, tiny))
            spread = op.sqrt(op.divide(op.add(target, tiny), op.add(own, tiny)))
            factor = op.add(
                np.float32(1),
                op.add(
                    op.multiply(rule[1], op.subtract(squares, np.float32(1))),
                    op.multiply(rule[2], op.subtract(spread, np.float32(1))),
                ),
            )
            factor = op.clamp(factor, 1 / LARGEST_FACTOR, LARGEST_FACTOR)
            missing = op.subtract(op.subtract(mean_f, mean_q), present)
            kept = op.multiply(op.subtract(np.float32(1), factor), mean_q)
            shift = op.add(kept, op.multiply(rule[0], missing))
            readers = list(given.get_target_inputs())
            adapted = op.add(op.multiply(given, factor), shift)
            moments = {off_q.get_friendly_name(), mean_q.get_friendly_name()}
            for place in readers:
                if place.get_node().get_friendly_name() not in moments:
                    place.replace_source_output(adapted.output(0))
        flat = op.constant(np.array([-1], np.int64))
        return [op.reshape(one, flat, False) for one in (mean_f, mean_q, both, own, target)]

    def moments(self, feeds, rule):
        """For every layer ``(5, samples, channels)``: means of both, covariance, and variances of the quantized and float."""
        rows = []
        for one in feeds:
            values = {**one, self.inputs: np.array(rule, np.float32)}
            rows.append(self.compiled(values)[0].astype(np.float64))
        table = np.stack(rows)
        found, start = [], 0
        for layer in self.layers:
            stop = start + 5 * layer.channels
            found.append(table[:, start:stop].reshape(len(rows), 5, layer.channels).swapaxes(0, 1))
            start = stop
        return found


def fitted_factor(mean_f, mean_q, both, own, target, spread):
    """One factor a channel from moments ``(samples, channels)``, drawn to 1 where the samples disagree."""
    covariance = both + (mean_f - mean_f.mean(axis=0)) * (mean_q - mean_q.mean(axis=0))
    variance = own + np.square(mean_q - mean_q.mean(axis=0))
    wanted = target + np.square(mean_f - mean_f.mean(axis=0)) if spread else covariance
    total = variance.sum(axis=0)
    alive = total > 1e-10 * max(float(total.max()), 1e-30)
    safe = np.where(alive, total, 1.0)
    ratio = np.where(alive, wanted.sum(axis=0) / safe, 1.0)
    count = len(mean_f)
    noise = np.square(wanted - ratio * variance).sum(axis=0) / np.square(safe) * count / (count - 1)
    if spread:
        ratio = np.sqrt(np.maximum(ratio, 0))
        noise = noise / np.maximum(4 * np.square(ratio), 1e-6)
    change = ratio - 1
    energy = np.square(change)
    certain = alive & (energy > 2 * noise)
    change = np.where(certain, change * (1 - 2 * noise / np.where(certain, energy, 1.0)), 0.0)
    return np.clip(1 + change, 1 / LARGEST_FACTOR, LARGEST_FACTOR)


def along_channels(layer, shape, values):
    """Values per output channel in a shape that broadcasts over the weights."""
    kind = layer.record.type
    if kind == "MatMul":
        at_right = layer.weights.port == 1
        flag = bool(layer.record.attributes.get("transpose_b" if at_right else "transpose_a"))
        axes = [len(shape) - 2 if flag == at_right else len(shape) - 1]
    else:
        axes = {"Convolution": [0], "GroupConvolution": [0, 1], "ConvolutionBackpropData": [1]}.get(kind, [0, 2])
    return values.reshape([length if axis in axes else 1 for axis, length in enumerate(shape)])


def corrected(model, joint, moments, rule):
    """A clone of the quantized model with shifts in its biases and factors in the limits of its weights."""
    made, limits, shifts = model.clone(), {}, {}
    nodes = NodeIndex(model)
    for layer, (mean_f, mean_q, both, own, target) in zip(joint.layers, moments, strict=True):
        factor = np.ones(layer.channels)
        if rule[1] or rule[2]:
            factor = fitted_factor(mean_f, mean_q, both, own, target, bool(rule[2]))
        missing = compute_shrunk_mean(mean_f - mean_q - joint.present[layer.name]) if rule[0] else 0.0
        shifts[layer.name] = missing - (factor - 1) * mean_q.mean(axis=0)
        if (factor != 1).any():
            old = read_limits(nodes, layer.quantizer)
            shape = nodes.output(layer.constant).get_shape()
            along = along_channels(layer, list(shape), factor)
            low, high = (np.asarray(end * along, np.float32) for end in (old.output_low, old.output_high))
            limits[layer.quantizer] = FakeQuantizeLimits(old.input_low, old.input_high, low, high, old.levels)
    set_limits(made, limits)
    shift_biases(made, {name: values for name, values in shifts.items() if np.any(values)})
    return made


def with_correction(reference, held, seen, rule):
    """The quantized model corrected on some of ``seen``."""
    joint = Joint(reference, held)
    return corrected(held.members[0].model, joint, joint.moments([feed(sample) for sample in seen[:FITTING]], rule), rule)


def judged(reference, model, feeds):
    """Error in dB as outputs leave the network, and in front of a Softmax or Sigmoid at its end."""
    ends = [build_reference_graph(one, {}, find_compared_tensors(snapshot_from_model(one))) for one in (reference, model)]
    found = []
    for pair in ((reference, model), ends):
        distances = compare_outputs(*pair, feeds)
        found.append(decibel(max((one.relative for one in distances if one.relative is not None), default=0.0)))
    return found


def corrections(reference, held, seen, unseen):
    """dB by rule."""
    model = held.members[0].model
    fitting, validation = [feed(sample) for sample in seen[:FITTING]], [feed(sample) for sample in unseen]
    found = {"none": judged(reference, model, validation)}
    joint = Joint(reference, held)
    for name, rule in RULES.items():
        found[name] = judged(reference, corrected(model, joint, joint.moments(fitting, rule), rule), validation)
    local, rule = Joint(reference, held, local=True), RULES["shift + scale"]
    found["local"] = judged(reference, corrected(model, local, local.moments(fitting, rule), rule), validation)
    return found


def main():
    for xml, npz in zip(sys.argv[1::2], sys.argv[2::2], strict=True):
        seen, unseen = spread_samples(npz)
        reference = prepared_reference(xml)
        for name, steps in BASES.items():
            begin = time.perf_counter()
            line = {"network": xml.rsplit("/", 1)[-1], "on": name}
            line |= corrections(reference, quantized(xml, seen, steps), seen, unseen)
            print(json.dumps(line | {"seconds": round(time.perf_counter() - begin, 1)}), flush=True)


if __name__ == "__main__":
    main()
