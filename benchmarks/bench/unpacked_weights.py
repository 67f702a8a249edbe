"""How often the CPU plugin computes wrongly with 8-bit weights beside float data: unpacked_weights.py [compilations].

Every layer is compiled again and again with the throughput hint and compared with one stream. One JSON line per layer.
"""
import json
import sys

import numpy as np

import openvino as ov
from openvino import opset13 as op

OPTIONS = {"EXECUTION_MODE_HINT": "ACCURACY", "INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "THROUGHPUT"}
GENERATOR = np.random.default_rng(0)


def weights(shape):
    integers = op.constant(GENERATOR.integers(-127, 127, shape).astype(np.int8))
    scale = op.constant(np.full([shape[0]] + [1] * (len(shape) - 1), 0.01, np.float32))
    return op.multiply(op.convert(integers, np.float32), scale)


def convolution(kernel, inputs, outputs):
    data = op.parameter([1, inputs, 16, 16], np.float32)
    pads = [kernel // 2] * 2
    layer = op.convolution(data, weights([outputs, inputs, kernel, kernel]), [1, 1], pads, pads, [1, 1])
    pooled = op.max_pool(op.relu(layer), [2, 2], [1, 1], [0, 0], [0, 0], [2, 2])
    return ov.Model([op.result(pooled.output(0))], [data])


def product(inputs, outputs):
    data = op.parameter([1, inputs], np.float32)
    return ov.Model([op.result(op.matmul(data, weights([outputs, inputs]), False, True))], [data])


def answers(compiled, samples):
    queue, found = ov.AsyncInferQueue(compiled, 4), [None] * len(samples)

    def keep(request, number):
        found[number] = np.array(request.get_output_tensor(0).data)

    queue.set_callback(keep)
    for number, sample in enumerate(samples):
        queue.start_async([sample], number)
    queue.wait_all()
    return found


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    layers = {"1x1, 8 to 8": convolution(1, 8, 8), "3x3, 3 to 8": convolution(3, 3, 8), "3x3, 8 to 8": convolution(3, 8, 8),
              "MatMul, 64 to 10": product(64, 10), "MatMul, 512 to 512": product(512, 512)}
    for name, model in layers.items():
        samples = [GENERATOR.standard_normal(list(model.inputs[0].shape)).astype(np.float32) for _ in range(8)]
        expected = answers(ov.Core().compile_model(model, "CPU", {**OPTIONS, "NUM_STREAMS": "1"}), samples)
        wrong = 0
        for _ in range(count):
            given = answers(ov.Core().compile_model(model, "CPU", OPTIONS), samples)
            errors = [np.abs(one - other).max() / np.abs(one).max() for one, other in zip(expected, given, strict=True)]
            wrong += bool(max(errors) > 0.01)
        print(json.dumps({"layer": name, "compilations": count, "wrong": wrong}), flush=True)


if __name__ == "__main__":
    main()
