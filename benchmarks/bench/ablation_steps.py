"""What each part of the quantization brings on items that it has not seen: ablation_steps.py IR.xml CALIB.npz ...

Runs under openpot's interpreter. The last twenty calibration items (in an order spread over the data set) are kept back;
one JSON line per network tells for every row the error of the worst output on them in dB (20 dB: a tenth of its
variation between items; higher is better) and the seconds from reading the model to the quantized one.

min-max:            POT's placement and ranges, nothing else
+ equalization:     channels evened out (ActivationChannelAlignment)
+ bias:             POT's fast bias correction
+ ranges:           openpot's placement, widest asymmetric ranges
+ ranges + bias:    these with the fast bias correction
+ evidence:         DefaultQuantization as it is: ranges chosen, layers shifted, ends and units in float by the outputs
evidence - repair:  the same with no operation back in float
"""
import json
import sys
import time

import numpy as np

from ablation import Items, decibel
from calib import read_calib
from openpot import IEEngine, create_pipeline, load_model
from openpot.algorithms.calibration_subset import spread_order
from openpot.engine.compare_outputs import compare_outputs

HELD_BACK = 20
COMMON = {"target_device": "CPU"}
POT = {**COMMON, "placement": "pot"}
STEPS = {
    "min-max": [("MinMaxQuantization", POT)],
    "+ equalization": [("ActivationChannelAlignment", POT), ("MinMaxQuantization", POT)],
    "+ bias": [("MinMaxQuantization", POT), ("FastBiasCorrection", COMMON)],
    "+ ranges": [("MinMaxQuantization", COMMON)],
    "+ ranges + bias": [("MinMaxQuantization", COMMON), ("FastBiasCorrection", COMMON)],
    "evidence - repair": [("DefaultQuantization", {**COMMON, "max_output_error": float("inf")})],
    "+ evidence": [("DefaultQuantization", COMMON)],
}


def feed(item):
    return dict(enumerate(np.asarray(array) for array in (item if isinstance(item, list) else [item])))


def measured(xml, items, steps):
    """Error in dB on the items that were kept back, and seconds."""
    seen, unseen = items[:-HELD_BACK], items[-HELD_BACK:]
    paths = {"model_name": "model", "model": xml, "weights": xml.replace(".xml", ".bin")}
    begin = time.perf_counter()
    model = load_model(paths)
    entries = [{"name": name, "params": {**params, "stat_subset_size": len(seen)}} for name, params in steps]
    made = create_pipeline(entries, IEEngine({"device": "CPU"}, Items(seen))).run(model)
    seconds = time.perf_counter() - begin
    reference = load_model(paths).members[0].model
    distances = compare_outputs(reference, made.members[0].model, [feed(item) for item in unseen])
    error = max((one.relative for one in distances if one.relative is not None), default=0.0)
    return decibel(error), round(seconds, 1)


def main():
    for xml, npz in zip(sys.argv[1::2], sys.argv[2::2], strict=True):
        items = read_calib(npz)
        items = [items[position] for position in spread_order(len(items))]
        line = {"network": xml.rsplit("/", 1)[-1], "calibrated": len(items) - HELD_BACK, "held back": HELD_BACK}
        print(json.dumps(line | {name: measured(xml, items, steps) for name, steps in STEPS.items()}), flush=True)


if __name__ == "__main__":
    main()
