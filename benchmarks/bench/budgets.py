"""Three ways to say how large an output error a network bears: budgets.py IR.xml CALIB.npz ... [--quantize]

Runs under openpot's interpreter, on up to 40 calibration samples, without labels. One JSON line per network:

fixed:     one share of the variation for all networks;
noise:     twice what noise of 1 % at the inputs does, between 0.15 and 0.5 (openpot's default);
decisions: the largest noise on the compared outputs themselves, as a share of their variation, with which 98 % of the
           samples keep the place of their largest value.

With --quantize, for every budget: its error on the other calibration samples, the share of their largest values that stay at
their place, and the share of the multiplications in INT8.
"""
import json
import sys

import numpy as np
from ablation import Samples
from calib import read_calib
from openpot.graph.read import read_model
from openpot.graph.snapshot_model import snapshot_from_model
from openpot.measure.side_by_side import load_inputs
from openpot.measure.output_distance import DistanceAccumulator, find_worst_error
from openpot.search.error_budget import choose_error_budget, is_image_of, add_input_noise
from openpot.trial.compared_outputs import find_compared_tensors
from openpot.trial.trial_graph import build_reference_graph

import openpot
import openvino as ov
from openpot.measure import side_by_side

SAMPLES = 40
FIXED = 0.15
SAME = 0.98
SIZES = (0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1.0)
EXACT = {"INFERENCE_PRECISION_HINT": "f32"}


def outputs_of(model, feeds):
    """[tensor][sample]"""
    compiled = ov.Core().compile_model(model, "CPU", EXACT)
    rows = [[np.array(value, np.float64) for value in compiled(dict(feed)).values()] for feed in feeds]
    return [list(column) for column in zip(*rows)]


def variation(values):
    """Root of the mean square around the mean of the samples, or of all values where their shapes differ."""
    if len({value.shape for value in values}) > 1:
        return float(np.concatenate([value.ravel() for value in values]).std())
    return float(np.sqrt(np.mean((np.stack(values) - np.mean(values, axis=0)) ** 2)))


def share_of(reference, candidate):
    """Error of the worst tensor as a share of its variation, as openpot measures it."""
    accumulators = [DistanceAccumulator(str(number)) for number in range(len(reference))]
    for accumulator, expected, given in zip(accumulators, reference, candidate):
        for pair in zip(expected, given):
            accumulator.add(*pair)
    return find_worst_error([accumulator.compute_distance() for accumulator in accumulators])


def same_places(expected, given):
    return float(np.mean([a.argmax() == b.argmax() for a, b in zip(expected, given)]))


def decision_budget(reference, rng):
    """The largest of SIZES up to which decisions stay, in every tensor of more than one value."""
    budget = SIZES[-1]
    for values in reference:
        spread = variation(values)
        if not spread or values[0].size < 2:
            continue
        kept = [size for size in SIZES
                if same_places(values, [value + size * spread * rng.standard_normal(value.shape) for value in values]) >= SAME]
        budget = min(budget, max(kept, default=0.0))
    return budget


def measured(xml, samples, held_out, budget, tensors, reference):
    result = openpot.quantize(xml, samples, max_output_error=budget)
    candidate = outputs_of(build_reference_graph(result.model, {}, tensors), held_out)
    work = {True: 0.0, False: 0.0}
    for layer in result.layers:
        work[layer.is_integer] += layer.multiplications or 0.0
    return {"error": round(share_of(reference, candidate), 3), "same places": [round(same_places(*pair), 2) for pair in zip(reference, candidate)],
            "INT8": round(work[True] / (sum(work.values()) or 1.0), 3)}


def line_of(xml, npz, quantizes):
    model, samples = read_model(xml), read_calib(npz)
    loader = Samples(samples)
    step = max(1, len(samples) // SAMPLES)
    feeds = load_inputs(model, loader, list(range(0, len(samples), step))[:SAMPLES], max_bytes=2**31)
    tensors = find_compared_tensors(snapshot_from_model(model))
    graph = build_reference_graph(model, {}, tensors)
    reference = outputs_of(graph, feeds)
    noise = share_of(reference, outputs_of(graph, add_input_noise(feeds)))
    is_image = any(is_image_of(value, list(feed.values())) for values in reference for value, feed in zip(values, feeds))
    budgets = {"fixed": FIXED, "noise": choose_error_budget(noise, is_image), "decisions": decision_budget(reference, np.random.default_rng(0))}
    line = {"network": xml.rsplit("/", 1)[-1], "noise error": round(noise, 3)} | {name: round(value, 3) for name, value in budgets.items()}
    if quantizes:
        side_by_side.SECONDS_OF_TIMING = 0.0
        fitting, others = list(range(0, len(samples), 2)), list(range(1, len(samples), 2))
        held_out = load_inputs(model, loader, others[:SAMPLES], max_bytes=2**31)
        expected = outputs_of(graph, held_out)
        given = [loader[number][0] for number in fitting]
        line["results"] = {name: measured(xml, given, held_out, max(budget, 0.01), tensors, expected) for name, budget in budgets.items()}
    return line


def main():
    paths = [path for path in sys.argv[1:] if path != "--quantize"]
    for xml, npz in zip(paths[::2], paths[1::2], strict=True):
        print(json.dumps(line_of(xml, npz, "--quantize" in sys.argv)), flush=True)


if __name__ == "__main__":
    main()
