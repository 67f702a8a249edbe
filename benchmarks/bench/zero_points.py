"""Two ways to round the zero points of four bits: zero_points.py MODEL.xml CALIB.npz ... [--samples N]. JSON lines.

nearest: to the nearest code, with the scale of the range; either: the nearest, down or up, whichever has the least
squared error (openpot's rule). Weights are coded without data, so that no sample had a part in it: loss is that on all
samples, divergence of tokens or the squared error of the outputs as a share of their variation between positions. Each
group size is another draw of rounding errors. ratio: either to nearest, with the 95 % interval of a bootstrap over
samples, which both share; weights: the same ratio of the squared errors of the weights. The last line is the geometric
mean of all ratios, with the interval of a bootstrap over networks.
"""
import json

import numpy as np
from calib import read_networks_of_arguments

import openpot
import openvino as ov
from openpot.compression import judge_result
from openpot.measure.held_out_loss import find_logits
from openpot.numerics import weight_grid
from openpot.numerics.token_loss import compare_logits

judge_result.SECONDS_OF_TIMING = 0.0
RULES = {"nearest": lambda *_: (), "either": weight_grid._move_zero}
EXACT = {"EXECUTION_MODE_HINT": "ACCURACY", "INFERENCE_PRECISION_HINT": "f32"}
GROUP_SIZES = (32, 64, 128, "channel")
DRAWS = 2000


def outputs(model, samples):
    """Rows of the logits, else of the first output whose last axis has a known size."""
    logits = find_logits(model)
    known = next(number for number, port in enumerate(model.outputs) if port.get_partial_shape()[-1].is_static)
    compiled = ov.Core().compile_model(model, "CPU", EXACT)
    for sample in samples:
        values = np.array(compiled(sample)[known if logits is None else logits])
        yield values.reshape(-1, values.shape[-1])


def lose(expected, result, samples, predicts_tokens):
    """What each sample loses."""
    pairs = zip(expected, outputs(result, samples), strict=True)
    if predicts_tokens:
        return np.array([compare_logits(*pair)[0].sum() for pair in pairs])
    return np.array([np.square(after - before, dtype=np.float64).sum() for before, after in pairs])


def ratio(first, second):
    """Ratio of the sums of two losses of the same samples, with its 95 % interval."""
    draws = np.random.default_rng(0).integers(0, len(first), (DRAWS, len(first)))
    return [round(float(value), 3) for value in (
        second.sum() / first.sum(), *np.quantile(second[draws].sum(1) / first[draws].sum(1), (0.025, 0.975)))]


def compare_rules(source, samples):
    """Losses and ratios by group size."""
    predicts_tokens = find_logits(source) is not None
    expected = list(outputs(source, samples))
    rows = np.concatenate(expected)
    whole = len(rows) if predicts_tokens else np.square(rows - rows.mean(0), dtype=np.float64).sum()
    for group_size in GROUP_SIZES:
        lost, weights = {}, {}
        for rule, move_zero in RULES.items():
            weight_grid._move_zero = move_zero
            result = openpot.compress_weights(source, weight_format="int4_asym", group_size=group_size)
            lost[rule] = lose(expected, result.model, samples, predicts_tokens)
            errors = [record.error for record in result.weights if record.weight_format == "int4_asym"]
            weights[rule] = float(np.square(errors).mean())
        yield {"group_size": group_size, **{rule: round(values.sum() / whole, 5) for rule, values in lost.items()},
               "ratio": ratio(*lost.values()), "weights": round(weights["either"] / weights["nearest"], 4)}


logarithms = []
for name, path, samples in read_networks_of_arguments(__doc__):
    lines = list(compare_rules(ov.Core().read_model(path), samples))
    logarithms.append(np.log([line["ratio"][0] for line in lines]))
    for line in lines:
        print(json.dumps({"network": name, "samples": len(samples), **line}), flush=True)
draws = np.random.default_rng(0).integers(0, len(logarithms), (DRAWS, len(logarithms)))
means = np.array([mean.mean() for mean in logarithms])
interval = np.exp(np.quantile(means[draws].mean(1), (0.025, 0.975)))
print(json.dumps({"networks": len(means), "mean": round(float(np.exp(means.mean())), 3),
                  "interval": [round(float(end), 3) for end in interval]}))
