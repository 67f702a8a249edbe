"""Latency of language models over the first one, by number of tokens: token_speed.py [--tokens 1,16,96] FP32.xml OTHER.xml ...

Every model with one integer input of shape [1, tokens], FP32 arithmetic elsewhere, otherwise as the device runs it (so with
dynamic quantization of the data of weight-compressed products). Timed in turns; ratios of the lower quartiles.
"""
import argparse
import time

import numpy as np
import openvino as ov

ROUNDS = 12


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="+")
    parser.add_argument("--tokens", default="1,16,96")
    arguments = parser.parse_args()
    core = ov.Core()
    properties = {"INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"}
    requests = [core.compile_model(path, "CPU", properties).create_infer_request() for path in arguments.models]
    rows = []
    for tokens in map(int, arguments.tokens.split(",")):
        ids = np.random.default_rng(0).integers(1000, 40000, (1, tokens)).astype(np.int64)
        seconds = [[] for _ in requests]
        for _ in range(ROUNDS):
            for request, times in zip(requests, seconds):
                started = time.perf_counter()
                request.infer([ids])
                times.append(time.perf_counter() - started)
        lower = [float(np.quantile(times, 0.25)) for times in seconds]
        rows.append([lower[0] / each for each in lower])
    print("| model | " + " | ".join(f"{tokens} tokens" for tokens in arguments.tokens.split(",")) + " |")
    print("|---" * (1 + len(rows)) + "|")
    for number, path in enumerate(arguments.models):
        print(f"| {path} | " + " | ".join(f"{row[number]:.2f}" for row in rows) + " |")


if __name__ == "__main__":
    main()
