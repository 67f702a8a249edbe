"""Real Hugging Face data sets, in memory and streamed: run by ``make test-torch``, which installs them."""

import numpy as np
import pyarrow as pa
import pytest
from datasets import Dataset, IterableDataset
from datasets.table import InMemoryTable

import openpot
import openvino as ov
from openpot.data.metrics.top_k import TopKAccuracy
from openvino import opset13 as op

RNG = np.random.default_rng(0)
COUNT, SIDE, CLASSES = 24, 8, 4


def network():
    """pixels[1,3,8,8] -> convolution -> ReLU -> means -> scores of four classes."""
    pixels = op.parameter([1, 3, SIDE, SIDE], np.float32, name="pixels")
    pixels.output(0).get_tensor().set_names({"pixels"})
    weights = RNG.standard_normal((16, 3, 3, 3)).astype(np.float32)
    x = op.relu(op.convolution(pixels, weights, [1, 1], [1, 1], [1, 1], [1, 1], name="conv"))
    x = op.reduce_mean(x, np.array([2, 3]), keep_dims=False)
    scores = op.matmul(x, RNG.standard_normal((CLASSES, 16)).astype(np.float32), False, True, name="fc")
    return ov.Model([op.result(scores)], [pixels], "net")


def rows(model):
    """Rows with an input column, a label as FP32 sees it, and a column of no use."""
    compiled = ov.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    images = RNG.standard_normal((COUNT, 3, SIDE, SIDE)).astype(np.float32)
    for number, image in enumerate(images):
        yield {"pixels": image.tolist(), "label": int(compiled(image[None])[0].argmax()), "file": f"{number}.png"}


def in_memory(entries):
    """A data set of these rows; its fingerprint is given, because hashing rows depends on releases of pyarrow."""
    return Dataset(InMemoryTable(pa.Table.from_pylist(entries)), fingerprint="openpot")


@pytest.mark.parametrize(
    "make",
    [
        in_memory,
        lambda entries: in_memory(entries).with_format("numpy"),
        lambda entries: in_memory(entries).with_format("torch"),
        lambda entries: IterableDataset.from_generator(lambda: iter(entries)),
    ],
    ids=["lists", "numpy", "torch", "streamed"],
)
def test_columns_named_after_inputs_feed_the_network_and_others_are_annotation(make):
    model = network()
    data = make(list(rows(model)))
    result = openpot.quantize(model, data, metric=TopKAccuracy(key="label"), subset_size=12)
    assert result.metric_before == {"accuracy@top1": 1.0}
    assert result.metric_after["accuracy@top1"] > 0.8
    assert result.metric_samples == COUNT // 2  # the others calibrate
    assert [layer.is_integer for layer in result.layers].count(True) >= 1
