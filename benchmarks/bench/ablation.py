"""What each step of DefaultQuantization brings, by the outputs of one network: ablation.py IR.xml CALIB.npz [draws].

Runs under openpot's interpreter. For each draw of samples (36, two of five judge) one JSON line with the
error of the worst output in dB (20 dB: a tenth of its variation between samples), higher is better:

weights: quantized weights alone, halved and bounded by pairs (equal on processors with VNNI);
ranges:  the widest range asymmetric or symmetric, or the average one symmetric, before and after shifting layers;
shifts:  with the best range: none, and by rule the mean over samples, the middle half, and the middle half shrunk.
"""
import json
import sys
from dataclasses import replace

import numpy as np

from calib import read_calib
from openpot.algorithms.min_max import MinMaxQuantization
from openpot.engine.openvino_engine import IEEngine
from openpot.measure.side_by_side import load_inputs
from openpot.graph.model import CompressedModel
from openpot.graph.read import read_model
from openpot.numerics.shrunk_mean import compute_shrunk_mean
from openpot.rewrites.set_limits import set_limits
from openpot.search.trial import Trial
from openpot.search.trial_subject import TrialSubject
from openpot.trial.float_outputs import FloatOutputs

RULES = {
    "mean": lambda rows: rows.mean(axis=0),
    "middle half": lambda rows: np.sort(rows, axis=0)[len(rows) // 4 : len(rows) - len(rows) // 4].mean(axis=0),
    "middle half, shrunk": compute_shrunk_mean,
}


class Samples:
    def __init__(self, samples):
        self.samples = samples

    def __len__(self):
        return len(self.samples)

    def __getitem__(self, index):
        sample = self.samples[index]
        return (sample[0] if isinstance(sample, list) and len(sample) == 1 else sample), None


def decibel(error):
    return round(float(-20 * np.log10(max(error, 1e-9))), 1)


def quantized(xml, loader, **params):
    """The float model, the quantized one, and the record of what was inserted."""
    held = CompressedModel(graph=read_model(xml))
    algorithm = MinMaxQuantization({"target_device": "CPU", "stat_subset_size": len(loader), **params}, IEEngine({}, loader),
                                   offers_average_ranges=True)
    algorithm.prepare(held)
    reference = held.members[0].model.clone()
    algorithm.run(held)
    return reference, held.members[0].model, algorithm.result


def activation_limits(result):
    return {one.name: one.limits for one in result.quantizers if one.planned.kind != "weights"}


def halved(model, result):
    """The same model with weights in half as many levels where they were bounded by pairs."""
    other = model.clone()
    weights = (one for one in result.quantizers if one.planned.kind == "weights" and one.planned.pairs_along is not None)
    nodes = {node.get_friendly_name(): node for node in model.get_ordered_ops()}
    limits = {}
    for one in weights:
        constant = nodes[one.name].input_value(0).get_node().get_data(dtype=np.float32)
        axes = one.planned.granularity.axes if hasattr(one.planned.granularity, "axes") else ()
        other_axes = tuple(axis for axis in range(constant.ndim) if axis not in axes)
        high = np.abs(constant).max(axis=other_axes) * 2 * 127 / 128
        high = np.maximum(high, 1e-12)
        limits[one.name] = replace(one.limits, input_low=-high, input_high=high, output_low=-high, output_high=high)
    set_limits(other, limits)
    return other


def fitted(trial, choice, rule):
    shifts = rule(trial._run.measure_differences(choice, trial._fitting))
    return {name: shifts[place] for name, place in trial._run.graph.targets.items()}


def main():
    xml, npz = sys.argv[1:3]
    draws = int(sys.argv[3]) if len(sys.argv) > 3 else 2
    loader = Samples(read_calib(npz))
    reference, model, result = quantized(xml, loader)
    own = activation_limits(result)
    symmetric = activation_limits(quantized(xml, loader, activations={"mode": "symmetric"})[2])
    rules = {"asymmetric, widest": own, "symmetric, widest": symmetric, "symmetric, average": own | dict(result.average)}
    names = list(rules)
    planned = [one.planned for one in result.quantizers]
    candidates = {name: tuple(limits[name] for limits in rules.values()) for name in rules[names[0]]}
    for draw in range(draws):
        chosen = np.random.default_rng(draw).permutation(len(loader))[:36].tolist()
        feeds = load_inputs(reference, loader, chosen)
        line = {"network": xml.rsplit("/", 1)[-1], "draw": draw, "items": len(feeds)}
        off = dict.fromkeys(candidates, None)
        trial = Trial(TrialSubject(reference, model, planned, candidates), FloatOutputs(reference, feeds))
        half = Trial(TrialSubject(reference, halved(model, result), planned, candidates), FloatOutputs(reference, feeds))
        line["weights"] = {"halved": decibel(half.measure_error(off, {})), "bounded": decibel(trial.measure_error(off, {}))}
        line["ranges"] = {}
        for number, name in enumerate(names):
            choice = dict.fromkeys(candidates, number)
            line["ranges"][name] = [decibel(trial.measure_error(choice, {})), decibel(trial.measure_error(choice, trial.fit_shifts(choice)))]
        best = max(range(len(names)), key=lambda number: line["ranges"][names[number]][0])
        choice = dict.fromkeys(candidates, best)
        line["shifts"] = {"ranges": names[best], "none": line["ranges"][names[best]][0]}
        line["shifts"] |= {name: decibel(trial.measure_error(choice, fitted(trial, choice, rule))) for name, rule in RULES.items()}
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
