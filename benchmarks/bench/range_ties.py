"""Which rule chooses the ranges of activations best: range_ties.py IR.xml CALIB.npz[,MORE.npz] ... [--draws N]

Runs under openpot's interpreter. Each draw calibrates on 40 samples (or 60 % of them), tries on a third (two of five of
these validate) and measures on up to 40 others. One JSON line per draw: error of the worst output in dB on the unseen samples, higher is better, of the
widest, the average and the middle (geometric mean) ranges, and of what each rule chooses:

smallest: the smaller error on the validation samples; "of three" with the middle ranges, "margin" average ones only
          where their error is below 0.8 of the widest ranges';
extremes: the validation samples and the calibration samples that hold the extremes of most tensors (3 of them).

The last line is the mean loss of each rule against the better ranges, and the largest, in dB.
"""
import json
import sys

import numpy as np
from ablation import Samples, activation_limits, decibel, quantized
from calib import read_calib
from openpot.measure.side_by_side import load_inputs
from openpot.numerics.fake_quantize import FakeQuantizeLimits
from openpot.recipes.trial_samples import choose_trial_size
from openpot.search.trial import Trial
from openpot.search.trial_subject import TrialSubject
from openpot.trial.float_outputs import FloatOutputs
from openpot.statistics.calibration_subset import space_evenly
from openpot.trial.trial_graph import build_reference_graph

import openvino as ov

CALIBRATION, UNSEEN, EXTREMES = 40, 40, 3
RANGES = ("widest", "average", "middle")
MARGIN = 0.8
VALIDATES = (2, 4)


def reach(limits):
    return np.maximum(np.abs(limits.input_low), np.abs(limits.input_high))


def middle(widest, average):
    factor = np.sqrt(reach(widest) / reach(average))
    return FakeQuantizeLimits(*(np.asarray(end) * factor for end in (average.input_low, average.input_high,
                                average.output_low, average.output_high)), average.levels)


def extreme_samples(reference, tensors, feeds):
    """Samples by how many tensors have their largest or smallest value in them, most first."""
    model = build_reference_graph(reference, {}, tensors)
    compiled = ov.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    ends = np.array([[(value.min(), value.max()) for value in compiled(feed).values()] for feed in feeds])
    holders = np.concatenate([ends[:, :, 0].argmin(axis=0), ends[:, :, 1].argmax(axis=0)])
    return list(np.bincount(holders, minlength=len(feeds)).argsort(kind="stable")[::-1])


def draw_line(xml, samples, seed):
    order = np.random.default_rng(seed).permutation(len(samples))
    count = min(CALIBRATION, len(samples) * 3 // 5)
    calibration, unseen = sorted(order[:count]), sorted(order[count : count + UNSEEN])
    reference, model, result = quantized(xml, Samples([samples[number] for number in calibration]))
    widest = activation_limits(result)
    average = {name: result.average.get(name, limits) for name, limits in widest.items()}
    if all(np.allclose(reach(widest[name]), reach(average[name]), rtol=0.05) for name in widest):
        return None
    candidates = {name: (widest[name], average[name], middle(widest[name], average[name])) for name in widest}
    feeds = load_inputs(reference, Samples(samples), [*calibration, *unseen], max_bytes=2**32)
    trial_positions = space_evenly(count, choose_trial_size(count))
    validation = [int(p) for i, p in enumerate(trial_positions) if i % 5 in VALIDATES]
    fitting = [int(p) for i, p in enumerate(trial_positions) if i % 5 not in VALIDATES]
    tensors = list(dict.fromkeys(one.planned.tensor for one in result.quantizers if one.name in widest))
    holders = extreme_samples(reference, tensors, feeds[:count])
    extremes = [int(number) for number in holders if number not in fitting and number not in validation][:EXTREMES]
    outputs = FloatOutputs(reference, feeds, range(len(feeds)))
    trial = Trial(TrialSubject(reference, model, [one.planned for one in result.quantizers], candidates), outputs, [])
    known = outputs.infer()
    trial._fitting = known.select(fitting)
    sets = {"validation": validation, "extremes": validation + extremes, "unseen": list(range(count, len(feeds)))}
    errors = {}
    for number, ranges in enumerate(RANGES):
        choice = dict.fromkeys(candidates, number)
        shifts = trial.fit_shifts(choice)
        for name, positions in sets.items():
            trial._validation = known.select(positions)
            errors[ranges, name] = (trial.measure_error(choice, {}), trial.measure_error(choice, shifts))
    return line_of(errors)


def line_of(errors):
    """What each rule chooses, and what that is worth on unseen samples."""
    def outcome(known, allowed, margin=1.0):
        best = {ranges: min(errors[ranges, known]) for ranges in allowed}
        weighted = {ranges: error / (1 if ranges == "widest" else margin) for ranges, error in best.items()}
        ranges = min(weighted, key=weighted.get)
        plain, shifted = errors[ranges, known]
        return ranges, decibel(errors[ranges, "unseen"][1 if shifted < plain else 0])

    two = RANGES[:2]
    line = {ranges: outcome("validation", (ranges,))[1] for ranges in RANGES}
    line["trial"] = {ranges: decibel(min(errors[ranges, "validation"])) for ranges in RANGES}
    line["rules"] = {
        "smallest": outcome("validation", two),
        "smallest, margin": outcome("validation", two, MARGIN),
        "smallest of three": outcome("validation", RANGES),
        "smallest of three, margin": outcome("validation", RANGES, MARGIN),
        "extremes": outcome("extremes", two),
        "extremes, margin": outcome("extremes", two, MARGIN),
        "extremes, of three": outcome("extremes", RANGES),
        "extremes, of three, margin": outcome("extremes", RANGES, MARGIN),
    }
    return line


def main():
    arguments = sys.argv[1:]
    draws = int(arguments.pop(arguments.index("--draws") + 1)) if "--draws" in arguments else 2
    arguments = [one for one in arguments if one != "--draws"]
    losses = {}
    for xml, npz in zip(arguments[::2], arguments[1::2], strict=True):
        samples = [sample for path in npz.split(",") for sample in read_calib(path)]
        for seed in range(draws):
            line = draw_line(xml, samples, seed)
            if line is None:
                continue
            best = max(line[ranges] for ranges in RANGES[:2])
            for rule, (_, value) in line["rules"].items():
                losses.setdefault(rule, []).append(best - value)
            print(json.dumps({"network": "/".join(xml.rsplit("/", 2)[1:]), "draw": seed} | line), flush=True)
    print(json.dumps({rule: {"mean": round(float(np.mean(values)), 2), "largest": round(max(values), 1)}
                      for rule, values in losses.items()}))


if __name__ == "__main__":
    main()
