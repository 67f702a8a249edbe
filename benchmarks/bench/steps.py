"""What single steps of openpot.quantize bring: steps.py [--samples 40] MODEL.xml CALIB.npz [MODEL.xml CALIB.npz ...]

For each network: the output error on the calibration samples and the throughput over FP32 (timed in turns) of the default, and of the
default without one step that took effect there.
"""
import warnings
from contextlib import contextmanager

import openpot
from calib import read_networks_of_arguments
from openpot.search import connections, recurrent_layers, smoothing

STEPS = {
    "smoothing": (smoothing, "choose_smoothing", lambda channels, weights: None),
    "8-bit additions": (connections, "find_connections", lambda snapshot, convolutions: ()),
    "recurrent layers": (recurrent_layers, "find_lstm_layers", lambda snapshot: ()),
}


@contextmanager
def switched_off(step):
    if step is None:
        yield
        return
    module, name, instead = STEPS[step]
    original = getattr(module, name)
    setattr(module, name, instead)
    try:
        yield
    finally:
        setattr(module, name, original)


def takes_effect(step, result):
    reasons = " ".join(decision.reason for decision in result.plan.decisions)
    errors = {} if result.evidence is None else result.evidence.errors
    return {
        "smoothing": "smoothed, alpha" in reasons,
        "8-bit additions": "additions in 8 bits" in errors,
        "recurrent layers": any(d.type == "LSTMSequence" and d.quantized for d in result.plan.decisions),
    }[step]


def describe(result):
    errors = [distance.relative for distance in result.output_error if distance.relative is not None]
    speed = result.speedup.throughput
    return f"{max(errors):.4f} | {speed.median:.2f} ({speed.lower:.2f} to {speed.upper:.2f})"


def main():
    warnings.simplefilter("ignore")
    print("| network | form | output error | throughput over FP32 |\n|---|---|---|---|", flush=True)
    for name, model, samples in read_networks_of_arguments(__doc__.splitlines()[0]):
        default = openpot.quantize(model, samples)
        print(f"| {name} | default | {describe(default)} |", flush=True)
        for step in STEPS:
            if takes_effect(step, default):
                with switched_off(step):
                    print(f"| {name} | without {step} | {describe(openpot.quantize(model, samples))} |", flush=True)


if __name__ == "__main__":
    main()
