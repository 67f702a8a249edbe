"""How many samples shifts of layers should be fitted on: trial_samples.py IR.xml CALIB.npz ...

Runs under openpot's interpreter. Up to 72 calibration samples, of which two of five judge; the shifts are fitted on 6,
8, 12, 16, 24 and all of the others, twice where there are enough. One JSON line per network and kind of ranges: error
of the worst output in dB (20 dB: a tenth of its variation between samples), higher is better.
"""
import json
import sys

from ablation import Samples, activation_limits, decibel, quantized
from calib import read_calib
from openpot.measure.side_by_side import load_inputs
from openpot.search.trial import Trial
from openpot.search.trial_subject import TrialSubject
from openpot.trial.float_outputs import FloatOutputs

SAMPLES = 72
COUNTS = (6, 8, 12, 16, 24)


def main():
    for xml, npz in zip(sys.argv[1::2], sys.argv[2::2], strict=True):
        loader = Samples(read_calib(npz))
        reference, model, result = quantized(xml, loader)
        own = activation_limits(result)
        candidates = {name: (limits, result.average.get(name, limits)) for name, limits in own.items()}
        step = max(1, len(loader) // SAMPLES)
        feeds = load_inputs(reference, loader, list(range(0, len(loader), step))[:SAMPLES])
        trial = Trial(TrialSubject(reference, model, [one.planned for one in result.quantizers], candidates), FloatOutputs(reference, feeds))
        everything = trial._fitting
        for number, ranges in enumerate(("widest", "average")):
            choice = dict.fromkeys(candidates, number)
            line = {"network": xml.rsplit("/", 1)[-1], "judges": trial.num_validation_samples, "ranges": ranges}
            line["none"] = decibel(trial.measure_error(choice, {}))
            available = len(everything.feeds)
            for count in (*(one for one in COUNTS if one < available), available):
                line[count] = []
                for start in range(2 if 2 * count <= available else 1):
                    positions = [start + number * (available // count) for number in range(count)]
                    trial._fitting = everything.select(positions)
                    line[count].append(decibel(trial.measure_error(choice, trial.fit_shifts(choice))))
            print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
