"""Ways to find out what each unit brings to the error, compared: repair_ways.py NAME=IR.xml,CALIB.npz ... [--jsonl FILE]

Runs under openpot's interpreter. For each network the calibration and the decisions before the repair are made once; then it
is repaired with each way, from the same state, and one line is printed for each: inferences and processor seconds of the
repair, the error of the finished model on the validation samples, and the share of the multiplications left in INT8.

alone:     every unit alone acts, on two to four samples;
bisection: groups of neighbours are halved where it matters (openpot's; few units are measured each);
patterns:  half as many random patterns of units as there are units, each on two samples, and non-negative least squares;
local:     squared local error of each unit's activations over their mean square, times the gain of its group: eight groups of
           neighbours are measured.
"""
import json
import sys
import time
import warnings
from dataclasses import replace

import numpy as np
import openvino as ov

from calib import read_calib
from openpot.api.calibrated_model import calibrate_model
from openpot.data.source import open_data
from openpot.graph.node_index import NodeIndex
from openpot.graph.read import read_model
from openpot.inference.model_inputs import describe_inputs
from openpot.numerics.fake_quantize import fake_quantize
from openpot.progress import SilentProgress
from openpot.api.quantize_arguments import validate
from openpot.search import decide, unit_errors
from openpot.search.measured_repair import find_subject_units
from openpot.search.units import sum_work, switch_off

SAMPLES = 2
GROUPS = 8


class Captured(BaseException):
    """Ends the run where its repair would begin."""


def capture(xml, npz):
    """What the repair of a network begins with; None if nothing has to be repaired."""
    state = []

    def stop(repair, *others):  # the model becomes that of before again when the run ends
        state.extend([replace(repair, model=repair.model.copy()), *others])
        raise Captured

    original, decide._repair_if_possible = decide._repair_if_possible, stop
    source = read_model(xml)
    loader = open_data(read_calib(npz), describe_inputs(source), 300)
    try:
        calibrate_model(source, loader, validate("performance", "CPU", None), SilentProgress())
    except Captured:
        return state
    finally:
        decide._repair_if_possible = original
    return None


class Groups:
    """Squared errors of units that act together, all others in float; each is measured once."""

    def __init__(self, errors, units, choice):
        self.trial, self.units, self.choice = errors.trial, units, choice
        self.off = switch_off(choice, units)
        self.shifts, _ = self.trial.try_shifts(self.off)
        self.samples = min(SAMPLES, self.trial.num_validation_samples)
        self.floor = self.trial.measure_error(self.off, self.shifts, self.samples) ** 2

    def square(self, numbers):
        acting = {name: self.choice[name] for number in numbers for name in self.units[number].quantizers}
        return max(self.trial.measure_error({**self.off, **acting}, self.shifts, self.samples) ** 2 - self.floor, 0.0)


def spread(squares, weights):
    """Squares of groups, shared by weights within each."""
    shares = np.zeros(len(weights))
    for group, square in squares.items():
        inside = weights[list(group)]
        shares[list(group)] = square * inside / max(inside.sum(), 1e-30)
    return shares


def fit_patterns(budget, errors, units, choice):
    del budget
    groups, rng = Groups(errors, units, choice), np.random.default_rng(0)
    patterns = rng.random((max(len(units) // 2, 4), len(units))) < 0.5
    squares = np.array([groups.square(np.flatnonzero(row)) for row in patterns])
    return solve_non_negative(patterns.astype(float), squares)


def solve_non_negative(matrix, values, rounds=2000):
    """Least squares without negative solutions, by projected gradients with a little shrinkage."""
    solution = np.full(matrix.shape[1], values.mean() / max(matrix.sum(axis=1).mean(), 1.0))
    step = 1 / np.linalg.norm(matrix, 2) ** 2
    for _ in range(rounds):
        solution = np.maximum(solution - step * (matrix.T @ (matrix @ solution - values)), 0.0)
    return solution


def local_errors(repair, units):
    """Squared error of each unit's activations over their mean square, on two samples of the float model."""
    subject = repair.subject
    model = subject.reference.clone()
    nodes = NodeIndex(model)
    planned = {quantizer.name: quantizer for quantizer in subject.activations}
    names = [name for name in planned if name in {name for unit in units for name in unit.quantizers}]
    results = [ov.opset13.result(nodes.output(planned[name].tensor)) for name in names]
    compiled = ov.Core().compile_model(ov.Model(results, model.get_parameters()), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    local = dict.fromkeys(names, 0.0)
    for feed in repair.trial.validation_feeds[:SAMPLES]:
        for name, value in zip(names, compiled(dict(feed)).values()):
            error = fake_quantize(np.asarray(value), planned[name].candidates[0]) - value
            local[name] += float(np.square(error).mean() / max(np.square(value).mean(), 1e-30))
    return np.array([sum(local.get(name, 0.0) for name in unit.quantizers) for unit in units])


def scale_local(repair, errors, units, choice):
    groups = Groups(errors, units, choice)
    parts = [tuple(part) for part in np.array_split(np.arange(len(units)), min(GROUPS, len(units)))]
    return spread({part: groups.square(part) for part in parts}, local_errors(repair, units) + 1e-12)


def repair_by(way, state):
    """What one way costs and what it reaches."""
    repair, choice, evidence, budget = state
    ways = {
        "alone": lambda errors, units, choice: errors.measure_each(units, choice),
        "patterns": lambda errors, units, choice: fit_patterns(budget, errors, units, choice),
        "local": lambda errors, units, choice: scale_local(repair, errors, units, choice),
    }
    known = {}

    def measure(errors, units, choice, max_error):
        del max_error
        key = tuple(unit.quantizers for unit in units)
        if key not in known:
            known[key] = ways[way](errors, units, choice)
        return known[key]

    unit_errors.UnitErrors.share_out = share_out if way == "bisection" else measure
    before, started = repair.trial.inferences, time.process_time()
    outcome = repair.run(choice, evidence, budget)
    seconds = time.process_time() - started
    units = find_subject_units(repair.subject, repair.target_device)
    float_names = {name for name, number in outcome.choice.items() if number is None}
    left = [unit for unit in units if not set(unit.quantizers) <= float_names]
    return {
        "way": way, "units": len(units), "inferences": repair.trial.inferences - before, "cpu_s": round(seconds, 2),
        "error": round(repair._measure(outcome.choice, outcome.evidence, budget), 3), "budget": round(budget, 3),
        "INT8": round(sum_work(left) / max(sum_work(units), 1.0), 3),
    }


share_out = unit_errors.UnitErrors.share_out


def main():
    warnings.simplefilter("ignore")
    out = open(sys.argv[sys.argv.index("--jsonl") + 1], "a") if "--jsonl" in sys.argv else None
    for argument in (text for text in sys.argv[1:] if "=" in text):
        name, paths = argument.split("=", 1)
        state = capture(*paths.split(","))
        if state is None:
            print(f"{name}: within its budget, nothing to repair", flush=True)
            continue
        for way in ("alone", "bisection", "patterns", "local"):
            row = {"network": name, "before": round(state[2].error, 3), **repair_by(way, state)}
            print(json.dumps(row), file=out, flush=True) if out else None
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
