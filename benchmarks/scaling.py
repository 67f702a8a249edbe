"""How calibration with a slow loader, and trials, scale over the workers of a dask cluster on this machine.

    python benchmarks/scaling.py [SECONDS_PER_SAMPLE] [SAMPLES]
"""

import sys
import time
import warnings

import numpy as np
from distributed import Client, LocalCluster

import openpot
import openvino as ov
from openpot.data.loader import DataLoader
from openvino import opset13 as op


class SlowSamples(DataLoader):
    """Waits as for a disk or a decoder."""

    def __init__(self, count, seconds):
        super().__init__()
        self.count, self.seconds = count, seconds

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        time.sleep(self.seconds)
        return np.random.default_rng(index).random((3, 32, 32), np.float32)


def make_model(widths=(16, 32, 32), size=32):
    rng = np.random.default_rng(0)
    data = op.parameter([1, 3, size, size], np.float32, name="data")
    node = data
    for number, channels in enumerate(widths):
        weights = rng.normal(0, 0.2, (channels, node.output(0).get_shape()[1], 3, 3)).astype(np.float32)
        node = op.relu(op.convolution(node, weights, [1, 1], [1, 1], [1, 1], [1, 1], name=f"conv{number}"))
    return ov.Model([op.result(op.reduce_mean(node, np.array([2, 3]), name="pool"))], [data], "net")


def calibrate(samples, executor=None):
    start = time.perf_counter()
    result = openpot.quantize(make_model(), samples, early_stop=False, timing=False, executor=executor)
    return time.perf_counter() - start, result


def try_each_layer(executor=None):
    """Ten layers, each alone in INT8 and all without it: 20 choices at once on four samples of 96 x 96."""
    samples = list(np.random.default_rng(0).random((10, 3, 96, 96), np.float32))
    start = time.perf_counter()
    openpot.sensitivity(make_model((32,) * 10, 96), samples, executor=executor)
    return time.perf_counter() - start


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 0.05
    samples = SlowSamples(int(sys.argv[2]) if len(sys.argv) > 2 else 256, seconds)
    warnings.simplefilter("ignore")
    print(f"no workers: {calibrate(samples)[0]:.1f} s; sensitivity {try_each_layer():.1f} s")
    for count in (1, 2, 4):
        with (
            LocalCluster(n_workers=count, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster,
            Client(cluster) as client,
        ):
            client.run(lambda: __import__("openpot.statistics.shared_chunk"))
            executor = client.get_executor()
            print(f"{count} workers: {calibrate(samples, executor)[0]:.1f} s; sensitivity {try_each_layer(executor):.1f} s")


if __name__ == "__main__":
    main()
