"""What each part of the quantization brings on samples that it has not seen: ablation_steps.py [--rows A,B] IR.xml CALIB.npz ...

Runs under openpot's interpreter. The last twenty calibration samples (in an order spread over the data set) are kept
back; one JSON line per network tells for every row the error of the worst output on them in dB (20 dB: a tenth of its
variation between samples; higher is better) and the seconds from reading the model to the quantized one.

min-max:             POT's placement and ranges, nothing else
+ equalization:      channels evened out (ActivationChannelAlignment)
+ bias:              POT's fast bias correction
+ filters:           every filter gets its mean and spread back (WeightBiasCorrection, without data)
+ scale:             a shift and a factor per channel in one pass (scale_correction.py)
+ rounding:          weights fitted and rounded layer by layer, biases with them (use_layerwise_tuning)
+ ranges:            openpot's placement, widest asymmetric ranges
+ ranges + bias:     these with the fast bias correction
evidence - repair:   DefaultQuantization with no operation back in float
+ evidence:          DefaultQuantization as it is: ranges chosen, layers shifted, ends and units in float by the outputs
evidence + scale:    the same, and then as in "+ scale"
evidence + rounding: the same, and then as in "+ rounding"
evidence + quick rounding: fitted to the inputs of the float model on 32 samples, two passes
"""
import json
import sys
import time

from ablation import Samples, decibel
from openpot import IEEngine, create_pipeline, load_model
from openpot.layers.layer_rows import RowSampling
from openpot.algorithms.layerwise_tuning import tune_layers
from openpot.config.layerwise_tuning import QuantizedTuningKeys
from openpot.measure.compare_outputs import compare_outputs
from scale_correction import (
    COMMON, HELD_BACK, POT, RULES, feed, paths, prepared_reference, spread_samples, with_correction,
)

TUNED = {**COMMON, "use_layerwise_tuning": True}
STEPS = {
    "min-max": [("MinMaxQuantization", POT)],
    "+ equalization": [("ActivationChannelAlignment", POT), ("MinMaxQuantization", POT)],
    "+ bias": [("MinMaxQuantization", POT), ("FastBiasCorrection", COMMON)],
    "+ filters": [("MinMaxQuantization", POT), ("WeightBiasCorrection", COMMON)],
    "+ scale": [("MinMaxQuantization", POT), "scale"],
    "+ rounding": [("MinMaxQuantization", POT), "rounding"],
    "+ ranges": [("MinMaxQuantization", COMMON)],
    "+ ranges + bias": [("MinMaxQuantization", COMMON), ("FastBiasCorrection", COMMON)],
    "evidence - repair": [("DefaultQuantization", {**COMMON, "max_output_error": float("inf")})],
    "+ evidence": [("DefaultQuantization", COMMON)],
    "evidence + scale": [("DefaultQuantization", COMMON), "scale"],
    "evidence + rounding": [("DefaultQuantization", TUNED)],
    "evidence + quick rounding": [
        ("DefaultQuantization", {**TUNED, "use_only_fp_inputs": True, "calibration_indices_pool": 32})
    ],
}


def made(xml, seen, steps):
    """The model after the steps."""
    algorithms = [step for step in steps if not isinstance(step, str)]
    entries = [{"name": name, "params": {**params, "stat_subset_size": len(seen)}} for name, params in algorithms]
    engine = IEEngine({"device": "CPU"}, Samples(seen))
    pipeline = create_pipeline(entries, engine)
    held = pipeline.run(load_model(paths(xml)))
    for step in steps[len(algorithms) :]:
        reference = prepared_reference(xml)
        if step == "scale":
            return with_correction(reference, held, seen, RULES["shift + scale"])
        planned = [one.planned for one in pipeline.algo_seq[-1].result.quantizers]
        keys = QuantizedTuningKeys(use_layerwise_tuning=True)
        drawing = RowSampling(tuple(range(len(seen))), keys.num_samples_for_tuning, 0)
        tune_layers(engine, reference, held, planned, keys, drawing)
    return held.members[0].model


def measured(xml, seen, unseen, steps):
    """Error in dB on the samples that were kept back, and seconds."""
    begin = time.perf_counter()
    model = made(xml, seen, steps)
    seconds = time.perf_counter() - begin
    reference = load_model(paths(xml)).members[0].model
    distances = compare_outputs(reference, model, [feed(sample) for sample in unseen])
    error = max((one.relative for one in distances if one.relative is not None), default=0.0)
    return decibel(error), round(seconds, 1)


def main():
    arguments, rows = sys.argv[1:], list(STEPS)
    if arguments[0] == "--rows":
        rows, arguments = arguments[1].split(","), arguments[2:]
    for xml, npz in zip(arguments[::2], arguments[1::2], strict=True):
        seen, unseen = spread_samples(npz)
        line = {"network": xml.rsplit("/", 1)[-1], "calibrated": len(seen), "held back": HELD_BACK}
        print(json.dumps(line | {name: measured(xml, seen, unseen, STEPS[name]) for name in rows}), flush=True)


if __name__ == "__main__":
    main()
