"""Networks that end in a choice of rows or places: quantized through POT's names, or the log says why not."""

import json
import logging

import numpy as np
import pytest
from PIL import Image

import openvino as ov
from openpot.cli.pot_command import run_with_arguments
from openvino import opset13 as op
from openvino.tools.pot import IEEngine, create_pipeline, load_model
from openvino.tools.pot.graph.model_utils import get_nodes_by_type
from toy_models import conv, normal

CELLS, CELL = 6, 8
SIZE = CELLS * CELL


def bright_cells(index):
    """Noise with a few bright cells, shape (1, 3, 48, 48)."""
    rng = np.random.default_rng(index)
    image = rng.integers(0, 110, (1, 3, SIZE, SIZE)).astype(np.float32)
    for y, x in rng.integers(0, CELLS, (3, 2)) * CELL:
        image[..., y : y + CELL, x : x + CELL] = 240
    return image


def brightness_of_cells(data):
    """data -> strided convolutions -> (logits of background and bright, offsets), for each cell."""
    rng = np.random.default_rng(0)
    first, second = normal(rng, 8, 3, 4, 4, scale=0.01), normal(rng, 8, 8, 2, 2, scale=0.05)
    first[0], second[0], second[0, 0] = 1 / 48 / 255, 0, 0.25
    x = op.relu(conv(op.relu(conv(data, first, "conv1", stride=4)), second, "conv2", stride=2))
    classes = normal(rng, 2, 8, 1, 1, scale=0.05)
    classes[1, 0] = 12
    scores = conv(x, classes, "classes", bias=np.array([0, -7], np.float32))
    return scores, conv(x, normal(rng, 4, 8, 1, 1, scale=0.05), "offsets")


def boxes_of_cells():
    centres = (np.arange(CELLS) + 0.5) / CELLS
    y, x = np.meshgrid(centres, centres, indexing="ij")
    half = 0.4 / CELLS
    return np.stack([x - half, y - half, x + half, y + half], -1).reshape(1, -1, 4).astype(np.float32)


def probabilities(scores):
    rows = op.reshape(scores, op.constant(np.array([1, 2, CELLS * CELLS])), False)
    return op.softmax(rows, 1)


def detection_output(data, threshold=0.5):
    scores, offsets = brightness_of_cells(data)
    flat = op.constant(np.array([1, -1]))
    confidences = op.reshape(op.transpose(probabilities(scores), op.constant([0, 2, 1])), flat, False)
    priors = np.stack([boxes_of_cells().ravel(), np.tile([0.1, 0.1, 0.2, 0.2], CELLS * CELLS)])[None]
    return op.detection_output(
        op.reshape(op.transpose(offsets, op.constant([0, 2, 3, 1])), flat, False),
        confidences,
        op.constant(priors.astype(np.float32)),
        {
            "background_label_id": 0,
            "top_k": 36,
            "keep_top_k": [20],
            "nms_threshold": 0.45,
            "confidence_threshold": threshold,
            "code_type": "caffe.PriorBoxParameter.CENTER_SIZE",
            "share_location": True,
            "normalized": True,
        },
    )


def many_boxes(data):
    return detection_output(data, threshold=0.01)


def non_max_suppression(data):
    scores, _ = brightness_of_cells(data)
    limits = (op.constant(np.int64(20)), op.constant(np.float32(0.45)), op.constant(np.float32(0.5)))
    return op.non_max_suppression(op.constant(boxes_of_cells()), probabilities(scores), *limits).output(0)


def arg_max_in_float(data):
    scores, _ = brightness_of_cells(data)
    return op.convert(op.topk(scores, op.constant(np.int64(1)), 1, "max", "none").output(1), "f32")


def top_scores(data):
    scores, _ = brightness_of_cells(data)
    return op.topk(probabilities(scores), op.constant(np.int64(5)), 2, "max", "value").output(0)


@pytest.fixture(params=[detection_output, many_boxes, non_max_suppression, arg_max_in_float, top_scores])
def detector(request, tmp_path):
    data = op.parameter([1, 3, SIZE, SIZE], np.float32, name="data")
    model = ov.Model([op.result(request.param(data))], [data], "detector")
    ov.save_model(model, tmp_path / "detector.xml", compress_to_fp16=False)
    return {
        "model_name": "detector",
        "model": str(tmp_path / "detector.xml"),
        "weights": str(tmp_path / "detector.bin"),
    }


def quantized(config, **params):
    engine = IEEngine({"device": "CPU"}, [(bright_cells(index), None) for index in range(40)])
    entry = {"name": "DefaultQuantization", "params": {"target_device": "ANY", "stat_subset_size": 40, **params}}
    return create_pipeline([entry], engine).run(load_model(config))


def shares_told(records):
    return [one.getMessage() for one in records if one.levelno >= logging.WARNING and "in INT8" in one.getMessage()]


@pytest.mark.filterwarnings("ignore::openpot.errors.OpenPotWarning")
def test_most_of_it_is_quantized_or_the_log_says_how_much_and_why(detector, caplog):
    kept = get_nodes_by_type(quantized(detector), ["FakeQuantize"])
    assert len(kept) >= 6 or shares_told(caplog.records)


@pytest.mark.filterwarnings("ignore::openpot.errors.OpenPotWarning")
def test_a_detector_that_stays_in_float_is_told(detector, caplog):
    result = quantized(detector, ignored={"operations": [{"type": "Convolution"}]})
    assert not get_nodes_by_type(result, ["FakeQuantize"])
    (told,) = shares_told(caplog.records)
    assert told.startswith("only 0.0% of the multiplications are in INT8, in float stay: 100.0% (")


@pytest.mark.parametrize("detector", [detection_output], indirect=True)
@pytest.mark.filterwarnings("ignore::openpot.errors.OpenPotWarning")
def test_the_command_says_it_on_the_screen_and_in_the_log_file(detector, tmp_path, capsys):
    (tmp_path / "images").mkdir()
    for index in range(6):
        pixels = bright_cells(index)[0].transpose(1, 2, 0).astype(np.uint8)
        Image.fromarray(pixels).save(tmp_path / "images" / f"{index}.png")
    params = {"stat_subset_size": 6, "ignored": {"scope": ["conv1", "conv2"]}}
    config = {
        "model": detector,
        "engine": {"type": "simplified", "data_source": str(tmp_path / "images")},
        "compression": {"algorithms": [{"name": "DefaultQuantization", "params": params}]},
    }
    (tmp_path / "config.json").write_text(json.dumps(config))
    run_with_arguments(
        ["-c", str(tmp_path / "config.json"), "-d", "--output-dir", str(tmp_path / "o"), "--log-level", "WARNING"]
    )
    shown = capsys.readouterr()
    for text in (shown.out + shown.err, (tmp_path / "o" / "log.txt").read_text()):
        assert "of the multiplications are in INT8" in text
        assert "the user left it out by name" in text
