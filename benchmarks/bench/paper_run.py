"""What compressing 8 billion weights takes, from one small layer: paper_run.py [INPUTS] [ROWS] [SAMPLES]. Prints a table.

Measured: the moments, the factor, the corrected targets and the codes of ROWS rows of INPUTS weights (2048 and 512; the
arithmetic of openpot.compression.sequential_rounding), and the round-to-nearest codes of the same rows. Scaled to the
layers of a Llama of 8 billion weights (32 layers of 4096, key and value heads of 1024, 14336 within, a vocabulary of
128256), 51 samples of 97 tokens: moments by tokens * inputs^2, factor by inputs^3, corrections by inputs^2 * the lesser
of rows and inputs, codes by rows * inputs^2 (of their products) and rows * inputs (of the rest, taken as all). Running
the segments is taken as 2 * weights * tokens multiplications in each version at the rate of the measured products.
"""
import sys
import time

import numpy as np

from openpot.compression.choose_formats import WeightChoice
from openpot.compression.code_rows import code_rows
from openpot.compression.weight_tensors import Role, WeightTensor
from openpot.graph.tensor_id import InputId, TensorId
from openpot.numerics.input_moments import InputMoments
from openpot.numerics.one_thread import hold_blas_to_one_thread
from openpot.numerics.rounding_with_feedback import DAMPING, factor_moments
from openpot.numerics.weight_grid import find_codes, fit_grid
from openpot.weight_formats import find_format

INPUTS, ROWS, TOKENS = (int(value) for value in (*sys.argv[1:], *("2048", "512", "2048")[len(sys.argv) - 1:]))
LAYERS, VOCABULARY, ALL_TOKENS = 32, 128256, 51 * 97
# (inputs, rows of the layers that read the same data) of one of the 32 layers
GROUPS = ((4096, 4096 + 1024 + 1024), (4096, 4096), (4096, 2 * 14336), (14336, 4096))

rng = np.random.default_rng(0)
data = (rng.standard_normal((TOKENS, INPUTS)) * rng.uniform(0.1, 2, INPUTS)).astype(np.float32)
changed = data + 0.01 * rng.standard_normal(data.shape).astype(np.float32)
rows = (rng.standard_t(6, (ROWS, INPUTS)) * 0.02).astype(np.float32)
weights = WeightTensor(TensorId("w"), (InputId("layer", 1),), rows.shape, 1, Role.LAYER)
choice = WeightChoice(weights, find_format("int4_asym"), 64, "")


def timed(call):
    started = time.process_time()
    answer = call()
    return answer, time.process_time() - started


def read():
    moments = InputMoments(INPUTS)
    moments.add(data, changed)
    return moments, moments.products


with hold_blas_to_one_thread():
    (moments, _), read_s = timed(read)
    damped = moments.damped(DAMPING)
    factor, factor_s = timed(lambda: factor_moments(damped))
    targets, correct_s = timed(lambda: moments.corrected(rows, DAMPING))
    _, code_s = timed(lambda: code_rows(targets, choice, damped, factor, True))
    grouped = rows.reshape(ROWS, -1, 64)
    _, nearest_s = timed(lambda: find_codes(grouped, fit_grid(grouped, choice.weight_format, searches=False), choice.weight_format))
    _, product_s = timed(lambda: data @ rows.T)

rate = TOKENS * INPUTS * ROWS / product_s
seconds = {"moments": 0.0, "factor": 0.0, "corrected targets": 0.0, "codes": 0.0}
for inputs, count in GROUPS:
    seconds["moments"] += LAYERS * read_s * ALL_TOKENS / TOKENS * (inputs / INPUTS) ** 2
    seconds["factor"] += LAYERS * factor_s * (inputs / INPUTS) ** 3
    seconds["corrected targets"] += LAYERS * correct_s * (inputs / INPUTS) ** 2 * min(count, inputs) / ROWS
    seconds["codes"] += LAYERS * code_s * count / ROWS * (inputs / INPUTS) ** 2
in_layers = LAYERS * sum(inputs * count for inputs, count in GROUPS)
seconds["running both versions"] = 2 * in_layers * ALL_TOKENS / rate
print(f"{in_layers / 1e9:.2f} billion weights in layers, {2 * VOCABULARY * 4096 / 1e9:.2f} in tables")
print(f"measured, processor seconds: {INPUTS} inputs, {ROWS} rows, {TOKENS} tokens: moments {read_s:.2f}, factor {factor_s:.2f}, "
      f"corrected {correct_s:.2f}, codes {code_s:.2f}, nearest codes {nearest_s:.3f}, product {product_s:.2f}")
for name, value in seconds.items():
    print(f"{name:24}{value / 3600:8.2f} processor hours")
print(f"{'all, with data':24}{sum(seconds.values()) / 3600:8.2f} processor hours")
print(f"{'without data':24}{nearest_s * (in_layers + 2 * VOCABULARY * 4096) / rows.size / 3600:8.2f} processor hours")
largest = 14336**2 * 8 / 1e9
borders = 2 * ALL_TOKENS * (4096 + 14336) * 4 / 1e9
print(f"memory: moments, their differences, damped moments and factor of 14336 inputs {4.5 * largest:.1f} GB; a layer in float32, its "
      f"targets, errors and codes {4 * 14336 * 2 * 14336 / 1e9 * 0.3:.1f} GB; borders of segments {borders:.1f} GB; result "
      f"{(in_layers * 4.31 + 2 * VOCABULARY * 4096 * 8) / 8e9:.1f} GB; the source stays a mapped file")
