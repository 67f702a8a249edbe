"""Quality against latency, and how far predictions are from what is measured: latency_curve.py NAME=IR.xml,CALIB.npz ...

Runs under openpot's interpreter. Each network is quantized with optimize_for="latency". Afterwards every third point of its curve
(and the chosen one) is made anew and timed in turns with FP32; one line for each: predicted and measured latency as a share of
FP32's, and the predicted and measured output error. The last line has the largest deviation of a latency.
"""
import sys
import warnings
from dataclasses import replace

from calib import read_calib

import openpot
from openpot.measure.speed import measure_latencies
from openpot.recipes import default_quantization
from openpot.search.choose_by_latency import LatencySearch

SECONDS_A_MODEL = 1.5
EVERY = 3
kept = []


class KeptSearch(LatencySearch):
    """Keeps itself and the costs of the units, so that the points of its curve can be made again."""

    def __init__(self, variant, *others):
        super().__init__(replace(variant, model=variant.model.copy()), *others)  # the chosen model takes its place later

    def _measure_costs(self, by_work):
        costs = super()._measure_costs(by_work)
        kept[:] = [self, costs]
        return costs


def check(name, xml, npz):
    """Largest deviation of a measured latency from the predicted one, as a share of it."""
    result = openpot.quantize(xml, read_calib(npz), optimize_for="latency", timing=False)
    (search, costs), curve = kept, result.curve
    print(f"{name}: {curve.summary}; allowed error {curve.max_error:.3f}, {len(costs.units)} units")
    points = [point for number, point in enumerate(curve.points) if number % EVERY == 0 or number == curve.chosen]
    made = [search._make(costs, point.in_int8) for point in points]
    models = [each.model.members[0].model for each in made]
    timed = measure_latencies(search._reference, models, search._feeds, SECONDS_A_MODEL * len(models), "CPU")
    worst = 0.0
    print("| in INT8 | of the work | latency predicted | measured | error predicted | measured |\n|---|---|---|---|---|---|")
    for point, latency, each in zip(points, timed, made):
        predicted, measured = point.predicted_ms / curve.fp32_ms, 1 / latency.ratio.median
        worst = max(worst, abs(measured / predicted - 1))
        mark = " (chosen)" if point is curve.point else ""
        print(f"| {point.in_int8}{mark} | {point.int8_share:.2f} | {predicted:.2f} | {measured:.2f} | {point.error:.3f} | {each.error:.3f} |")
    print(f"{name}: at most {worst:.0%} off\n", flush=True)


def main():
    warnings.simplefilter("ignore")
    default_quantization.LatencySearch = KeptSearch
    for argument in sys.argv[1:]:
        name, paths = argument.split("=", 1)
        check(name, *paths.split(","))


if __name__ == "__main__":
    main()
