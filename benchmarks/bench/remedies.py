"""Which remedies openpot.quantize chose how often, and what they brought: remedies.py [--samples 40] MODEL.xml CALIB.npz ...

Runs under openpot's interpreter. Each network is quantized once with the defaults, without timing; its evidence says what was
tried before operations went back to float, and what the error of the worst output on the validation samples was before and
after. Prints one line for each network and then a table: on how many networks a remedy was chosen, what it brought in the
median and between its quartiles (dB; negative: what it cost, for speed), and what share of the multiplications it left in float.
"""
import math
import sys
import warnings

import numpy as np

import openpot
from calib import read_networks_of_arguments
from openpot.search.unused_quantizers import NO_KERNEL
from openpot.search.units import sum_work


def decibel(before, after):
    return 20 * math.log10(before / after) if before > 0 and after > 0 and math.isfinite(before + after) else None


def list_remedies(result):
    """{remedy: (dB, share of the multiplications in float)} of one network; None for what is not known."""
    decisions = result.plan.decisions
    chosen = {}
    if any("smoothed, alpha" in decision.reason for decision in decisions):
        chosen["smoothing"] = None, 0.0
    if any(decision.reason == NO_KERNEL for decision in decisions):
        chosen["float: no INT8 kernel"] = None, None
    evidence = result.evidence
    if evidence is None:
        return chosen
    errors, work = evidence.errors, max(sum(layer.multiplications or 0 for layer in result.layers), 1)
    if evidence.ranges == "average":
        chosen["average ranges"] = decibel(errors["widest"], errors["average"]), 0.0
    plain, error = errors[evidence.ranges], min(errors[evidence.ranges], errors.get(f"{evidence.ranges}, shifted", math.inf))
    if error < plain:
        chosen["bias shifts"] = decibel(plain, error), 0.0
    if evidence.ends:
        ends = errors.get("ends in float", evidence.error)
        chosen["float: small ends"] = decibel(error, ends), sum_work(unit for unit, _ in evidence.ends) / work
        error = ends
    if evidence.repair is not None:
        share = sum_work(unit for unit, _ in evidence.repair.units) / work
        chosen["float: repair"] = decibel(error, evidence.repair.error), share
        error = evidence.repair.error
    for step in ("additions in 8 bits", "recurrent layers in INT8"):
        if step in errors:
            chosen[step] = decibel(error, errors[step]), 0.0
            error = errors[step]
    return chosen


def print_table(rows, networks):
    print(f"\n| remedy | of {networks} networks | dB, median (quartiles) | multiplications in float, median |\n|---|---|---|---|")
    for remedy in dict.fromkeys(name for row in rows for name in row):
        found = [row[remedy] for row in rows if remedy in row]
        gains = [gain for gain, _ in found if gain is not None]
        shares = [share for _, share in found if share is not None]
        low, middle, high = np.quantile(gains, (0.25, 0.5, 0.75)) if gains else (None,) * 3
        gain = "-" if middle is None else f"{middle:+.1f} ({low:+.1f} to {high:+.1f})"
        print(f"| {remedy} | {len(found)} | {gain} | {f'{np.median(shares):.1%}' if shares else '-'} |")


def main():
    warnings.simplefilter("ignore")
    rows = []
    for name, model, samples in read_networks_of_arguments(__doc__.splitlines()[0]):
        try:
            result = openpot.quantize(model, samples, timing=False)
        except openpot.OpenPotError as error:
            print(f"{name}: {error}", file=sys.stderr)
            continue
        rows.append(list_remedies(result))
        error = None if result.evidence is None else round(result.evidence.error, 3)
        print(f"{name}: error {error}; {', '.join(rows[-1]) or 'nothing needed'}", flush=True)
    print_table(rows, len(rows))


if __name__ == "__main__":
    main()
