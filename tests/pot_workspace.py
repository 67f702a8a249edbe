"""A folder with a model, pictures, labels and arrays, and ways to run ``pot`` in it."""

import json

import numpy as np
from PIL import Image
from typer.testing import CliRunner

import openvino as ov
from openpot.cli.pot_command import app
from toy_models import images, run, tiny_cnn

NUM_SAMPLES = 6


def make_workspace(folder):
    """net.xml, pictures/, labels.txt and samples.npz; the labels are what the model answers in FP32."""
    model = tiny_cnn()
    ov.save_model(model, folder / "net.xml", compress_to_fp16=False)
    (folder / "pictures").mkdir()
    samples = np.stack(images(NUM_SAMPLES))
    for number, sample in enumerate(samples):
        pixels = np.clip(sample.transpose(1, 2, 0) * 40 + 50 + 30 * number, 0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(folder / "pictures" / f"{number}.png")
    labels = [int(run(model, sample[np.newaxis])[0].argmax()) for sample in samples]
    np.savez(folder / "samples.npz", data=samples, label=np.array(labels))
    (folder / "labels.txt").write_text("".join(f"{number}.png {label}\n" for number, label in enumerate(labels)))
    return folder


def config_with(engine, *algorithms, **sections):
    """A configuration of net.xml."""
    named = [{"name": name, "params": params} for name, params in algorithms]
    whole = {
        "model": {"model_name": "small", "model": "net.xml", "weights": "net.bin"},
        "engine": engine,
        "compression": {"target_device": "CPU", "algorithms": named},
    }
    return {**whole, **sections}


DEFAULT = ("DefaultQuantization", {"preset": "performance", "stat_subset_size": 4})
OWN_ENGINE = {"type": "openpot", "data": {"npz": "samples.npz"}, "metrics": [{"name": "accuracy", "top_k": 1}]}
SIMPLIFIED = {"type": "simplified", "data_source": "pictures", "layout": "NCHW"}


def write_config(folder, content, name="config.json"):
    """Write a configuration as JSON."""
    (folder / name).write_text(content if isinstance(content, str) else json.dumps(content))
    return name


def pot(*arguments):
    """Run ``pot`` in the current folder."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def num_fake_quantize(xml):
    """How many FakeQuantize operations a saved model has."""
    return sum(node.get_type_name() == "FakeQuantize" for node in ov.Core().read_model(xml).get_ops())
