"""What the scripts find on disk, and how they are run: unchanged, in a folder of their own."""

import logging
import runpy
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import openvino as ov
from openpot.legacy import logger as logger_module
from openvino import opset13 as op
from toy_models import conv, normal

SCRIPTS = Path(__file__).parent / "scripts"
CLASSES = 4
SIZE = 16


def labelled_images(count, seed):
    """Noisy images of four patterns, shape (count, 3, 16, 16), with their labels."""
    patterns = np.random.default_rng(7).standard_normal((CLASSES, 3, SIZE, SIZE))
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % CLASSES
    noise = rng.standard_normal((count, 3, SIZE, SIZE))
    return (0.35 * patterns[labels] + noise).astype(np.float32), labels


def features(data, rng, width=24):
    """data[1,3,16,16] -> two strided convolutions -> width * 16 values."""
    x = op.relu(conv(data, normal(rng, width, 3, 3, 3), "conv1", 1, 2, bias=normal(rng, width)), name="relu1")
    x = op.relu(
        conv(x, normal(rng, width, width, 3, 3, scale=0.1), "conv2", 1, 2, bias=normal(rng, width)), name="relu2"
    )
    return op.reshape(x, op.constant(np.array([1, width * 16]), name="shape"), False, name="flat")


def run_float(model, image):
    return ov.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})(image)[0]


def classifier():
    """Random convolutions with a linear layer fitted to labelled images by least squares, then SoftMax."""
    data = op.parameter([1, 3, SIZE, SIZE], np.float32, name="data")
    flat = features(data, np.random.default_rng(3))
    backbone = ov.Core().compile_model(
        ov.Model([op.result(flat)], [data], "backbone"), "CPU", {"INFERENCE_PRECISION_HINT": "f32"}
    )
    images, labels = labelled_images(400, seed=11)
    x = np.array([backbone(image[None])[0][0] for image in images], np.float64)
    mean = x.mean(axis=0)
    centred = x - mean
    weights = np.linalg.solve(centred.T @ centred + 30 * np.eye(x.shape[1]), centred.T @ np.eye(CLASSES)[labels])
    scores = op.matmul(flat, op.constant((8 * weights.T).astype(np.float32), name="fc_w"), False, True, name="fc")
    bias = op.constant((-8 * mean @ weights).astype(np.float32)[None], name="fc_b")
    prob = op.softmax(op.add(scores, bias, name="fc_bias"), 1, name="prob")
    prob.output(0).get_tensor().set_names({"prob"})
    data.output(0).get_tensor().set_names({"data"})
    return ov.Model([op.result(prob, name="result")], [data], "classifier")


def two_inputs():
    """Two inputs (an image and three numbers) and two outputs."""
    rng = np.random.default_rng(5)
    image = op.parameter([1, 3, 8, 8], np.float32, name="image")
    numbers = op.parameter([1, 3], np.float32, name="numbers")
    x = op.relu(conv(image, normal(rng, 8, 3, 3, 3), "conv", 1, bias=normal(rng, 8)), name="relu")
    pooled = op.reduce_mean(x, op.constant(np.array([2, 3]), name="axes"), keep_dims=False, name="pool")
    joined = op.concat([pooled, numbers], 1, name="joined")
    first = op.matmul(joined, op.constant(normal(rng, 5, 11), name="first_w"), False, True, name="first")
    second = op.matmul(joined, op.constant(normal(rng, 2, 11), name="second_w"), False, True, name="second")
    for node in (first, second, image, numbers):
        node.output(0).get_tensor().set_names({node.get_friendly_name()})
    return ov.Model([op.result(first), op.result(second)], [image, numbers], "two_inputs")


def stage(name, size, outputs):
    """A stage of a cascade: image[1,3,size,size] -> ``score`` and ``box`` of fixed sizes."""
    rng = np.random.default_rng(size)
    data = op.parameter([1, 3, size, size], np.float32, name="data")
    x = op.relu(conv(data, normal(rng, 8, 3, 3, 3), "conv1", 1, 2, bias=normal(rng, 8)), name="relu1")
    x = op.relu(conv(x, normal(rng, 8, 8, 3, 3), "conv2", 1, bias=normal(rng, 8)), name="relu2")
    x = op.reduce_mean(x, op.constant(np.array([2, 3]), name="axes"), keep_dims=False, name="pool")
    heads = []
    for head, width in outputs.items():
        node = op.matmul(x, op.constant(normal(rng, width, 8, scale=1.0), name=f"{head}_w"), False, True, name=head)
        node.output(0).get_tensor().set_names({head})
        heads.append(op.result(node))
    data.output(0).get_tensor().set_names({"data"})
    return ov.Model(heads, [data], name)


def save_images(folder, images, labels):
    folder.mkdir(parents=True)
    lines = []
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        np.save(folder / f"{number:04}.npy", image)
        lines.append(f"{number:04}.npy {label}")
    (folder / "labels.txt").write_text("\n".join(lines) + "\n")


@pytest.fixture(scope="session")
def workspace(tmp_path_factory):
    """A folder with models and data, as the scripts' command lines name them; nobody writes into it."""
    root = tmp_path_factory.mktemp("workspace")
    ov.save_model(classifier(), root / "net.xml", compress_to_fp16=False)
    ov.save_model(two_inputs(), root / "two.xml", compress_to_fp16=False)
    ov.save_model(stage("proposal", 12, {"score": 2, "box": 4}), root / "proposal.xml", compress_to_fp16=False)
    ov.save_model(stage("refinement", 8, {"score": 2}), root / "refinement.xml", compress_to_fp16=False)
    save_images(root / "data", *labelled_images(120, seed=23))
    return root


@pytest.fixture
def run_script(tmp_path, monkeypatch):
    """Run a script in an empty working folder; returns its global names. Loggers are as before afterwards."""
    package = logging.getLogger("openpot")
    before = list(package.handlers), package.level, package.propagate
    monkeypatch.setattr(logger_module, "_tree", logger_module._LoggerTree())
    monkeypatch.chdir(tmp_path)

    def run(name, *arguments):
        monkeypatch.setattr(sys, "argv", [name, *map(str, arguments)])
        return SimpleNamespace(**runpy.run_path(str(SCRIPTS / name), run_name="__main__"))

    yield run
    package.handlers[:], package.propagate = before[0], before[2]
    package.setLevel(before[1])
