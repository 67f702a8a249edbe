"""Scripts in the style of the notebooks of POT's time, on real networks and real data, unchanged."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

import openvino as ov
from openvino import opset13 as op

sys.path.insert(0, str(Path(__file__).parents[2] / "examples"))

from face_pictures import BOXES, photo, variants
from registry_models import fetch
from speech_prompts import conversation
from super_resolution import patches
from typeset_pages import paragraphs, typeset

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::openpot.errors.OpenPotWarning")


def as_ir(source, path):
    ov.save_model(ov.Core().read_model(source), path, compress_to_fp16=False)
    return path


def int8_weights(path):
    nodes = ov.Core().read_model(path).get_ops()
    return [n for n in nodes if n.get_type_name() == "Constant" and n.get_element_type().to_string() in ("i8", "u8")]


def square_detector():
    """A detector in the form of YOLOv5: image[1,3,64,64] -> (1, 64, 6) of centre, size, objectness and class.

    A cell of 8 pixels is an object as far as it is brighter than its surroundings; boxes are the cells, 8 pixels large.
    """
    data = op.parameter([1, 3, 64, 64], np.float32, name="images")
    grey = np.zeros((4, 3, 3, 3), np.float32)
    grey[:, :, 1, 1] = np.array([[1, 1, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1]], np.float32) / 3
    ones = [[1, 1], [1, 1], [1, 1], [1, 1]]
    x = op.relu(op.convolution(data, grey, ones[0], ones[1], ones[2], [1, 1], name="conv1"), name="relu1")
    cell = np.zeros((1, 4, 8, 8), np.float32)
    cell[0, 0] = 20 / 64
    bright = op.convolution(x, cell, [8, 8], [0, 0], [0, 0], [1, 1], name="conv2")
    chance = op.sigmoid(op.subtract(bright, op.constant(np.float32(14))), name="objectness")
    chance = op.reshape(chance, op.constant(np.array([1, 64, 1])), False)
    middle = np.arange(8) * 8 + 4.0
    centre = np.stack(np.meshgrid(middle, middle), -1).reshape(1, 64, 2)
    box = op.constant(np.concatenate([centre, np.full((1, 64, 2), 8.0)], 2).astype(np.float32))
    whole = op.concat([box, chance, op.constant(np.full((1, 64, 1), 0.9, np.float32))], 2, name="output")
    return ov.Model([op.result(whole)], [data], "yolo")


def test_yolo_finds_the_same_boxes(run_script, tmp_path):
    ov.save_model(square_detector(), tmp_path / "yolo.xml", compress_to_fp16=False)
    rng, pictures, annotations = np.random.default_rng(0), tmp_path / "pictures", {}
    pictures.mkdir()
    for number in range(24):
        noise = rng.integers(0, 120, (64, 128, 3), np.uint8)
        picture, boxes = Image.fromarray(noise), []
        for cell in rng.permutation(32)[: rng.integers(1, 4)]:
            x, y = 16 * (int(cell) % 8), 16 * (int(cell) // 8)
            ImageDraw.Draw(picture).rectangle(
                [x, y, x + 15, y + 15], fill=tuple(int(v) for v in rng.integers(210, 256, 3))
            )
            boxes.append([x, y, x + 16, y + 16])
        picture.save(pictures / f"{number:02}.png")
        annotations[f"{number:02}.png"] = boxes
    (tmp_path / "annotations.json").write_text(json.dumps(annotations))
    script = run_script("yolo.py", tmp_path / "yolo.xml", pictures, tmp_path / "annotations.json")
    assert script.metric_results_FP32["AP@0.5"] > 0.95
    assert script.metric_results_INT8["AP@0.5"] >= script.metric_results_FP32["AP@0.5"] - 0.02
    assert len(int8_weights("optimized/yolo_int8.xml")) == 2


def test_speech_with_a_recurrent_state_is_heard_as_before(run_script, tmp_path):
    as_ir(fetch("silero-vad"), tmp_path / "vad.xml")
    arrays = {}
    for seed in range(2):
        arrays[f"frames{seed}"], arrays[f"labels{seed}"] = conversation(seed, 4)
    np.savez(tmp_path / "recordings.npz", **arrays)
    script = run_script("speech_state.py", tmp_path / "vad.xml", tmp_path / "recordings.npz")
    assert script.before["frame accuracy"] > 0.8
    assert script.after["frame accuracy"] >= script.before["frame accuracy"] - 0.02
    assert int8_weights(script.compressed_model_paths[0]["model"])


def test_segmentation_with_metadata_and_its_own_engine(run_script, tmp_path):
    as_ir(fetch("text-detector"), tmp_path / "text.xml")
    for name in ("pages", "masks"):
        (tmp_path / name).mkdir()
    for seed in range(4):
        page = typeset(seed)
        size = (470, 420 + 5 * seed)  # no multiple of 32: the script pads and cuts off
        mask = Image.new("L", page.picture.size)
        for left, top, right, bottom in page.lines:
            ImageDraw.Draw(mask).rectangle([left + 2, top + 4, right - 2, bottom - 4], fill=255)
        page.picture.crop((0, 0, *size)).save(tmp_path / "pages" / f"{seed}.png")
        mask.crop((0, 0, *size)).save(tmp_path / "masks" / f"{seed}.png")
    script = run_script("segmentation.py", tmp_path / "text.xml", tmp_path / "pages", tmp_path / "masks")
    assert script.metric_results_before["dice_index"] > 0.7
    assert script.metric_results["dice_index"] >= script.metric_results_before["dice_index"] - 0.03
    assert len(int8_weights(next(Path("optimized").glob("*.xml")))) > 30, "saved under the name of the network"


def test_super_resolution_stays_sharp(run_script, tmp_path, monkeypatch):
    monkeypatch.setattr("super_resolution.SIDE", 40)
    as_ir(fetch("waifu2x-upconv"), tmp_path / "upconv.xml")
    (tmp_path / "photos").mkdir()
    for number, (_, large) in enumerate(patches(["astronaut.png", "chelsea.png", "coffee.png"], 4, 0)):
        pixels = (255 * large.transpose(1, 2, 0)).astype(np.uint8)
        Image.fromarray(pixels).save(tmp_path / "photos" / f"{number:02}.png")
    script = run_script("super_resolution.py", tmp_path / "upconv.xml", tmp_path / "photos")
    assert script.fp32["PSNR"] > 31
    assert script.int8["PSNR"] >= script.fp32["PSNR"] - 2
    assert len(int8_weights(script.paths[0]["model"])) == 5  # both ends stay in float


def test_sentence_encoder_still_tells_subjects_apart(run_script, tmp_path):
    as_ir(fetch("sentence-encoder"), tmp_path / "encoder.xml")
    pairs = []
    for text in paragraphs()[::2]:
        sentences = [sentence.strip() for sentence in text.split(". ") if len(sentence) > 60]
        if len(sentences) > 1 and "\t" not in text:
            pairs.append(f"{sentences[0]}\t{sentences[1]}")
    (tmp_path / "pairs.txt").write_text("\n".join(pairs[:24]) + "\n")
    script = run_script("bert.py", tmp_path / "encoder.xml", fetch("bert-vocabulary"), tmp_path / "pairs.txt")
    assert script.before["retrieval"] > 0.3, "by chance it is one of 24"
    assert script.after["retrieval"] >= script.before["retrieval"] - 0.05
    assert len(int8_weights(script.compressed_model_paths[0]["model"])) > 10


def test_mtcnn_cascade_keeps_its_recall(run_script, tmp_path):
    (tmp_path / "pictures").mkdir()
    boxes, names = {}, {}
    for name in ("biden.jpg", "obama.jpg", "obama3.jpg", "astronaut.png", "chelsea.png"):
        for number, (picture, faces) in enumerate(variants(photo(name), np.array(BOXES[name]).reshape(-1, 4))):
            if number == 2:
                file = f"{Path(name).stem}{number}.png"
                picture.save(tmp_path / "pictures" / file)
                boxes[file] = faces.tolist()
    (tmp_path / "boxes.json").write_text(json.dumps(boxes))
    for part in ("pnet", "rnet", "onet"):
        path = as_ir(fetch("mtcnn") / f"{part}.onnx", tmp_path / f"{part}.xml")
        outputs = [output.get_any_name() for output in ov.Core().read_model(path).outputs]
        names[part] = outputs[-1], outputs[0]
    options = [("-pm", "pnet"), ("-rm", "rnet"), ("-om", "onet")]
    arguments = [value for option, part in options for value in (option, tmp_path / f"{part}.xml")]
    arguments += ["-d", tmp_path / "pictures", "-a", tmp_path / "boxes.json"]
    arguments += ["--probabilities", *(pair[0] for pair in names.values())]
    arguments += ["--regions", *(pair[1] for pair in names.values())]
    script = run_script("mtcnn.py", *arguments)
    assert script.before["recall"] == 1.0
    assert script.after["recall"] == 1.0
    assert script.after["found"] <= script.before["found"] + 2
    assert [path["name"] for path in script.paths] == ["pnet", "rnet", "onet"]
    assert all(int8_weights(path["model"]) for path in script.paths)
